"""Short blurbs whose every fact traces to the source.

clean (the sentences that are news) → evidence (those that say most; only they are translated)
→ blurbs (takes or writes an abstract) → fit (whole sentences within the limit) → facts (the gate) → verdict
"""
