"""Ukrainian in, English drafts out.

    plan (what of a segment is kept, known, or words) → hints (terms, sums, dates, names from the glossary)
    → prompts → ladder (asks the engine; polish and checks look at every answer; climbs on a failure) → drafts

`lexicon/` holds the words; `glossary` finds them in a sentence in whatever form.
"""
