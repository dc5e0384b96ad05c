"""What every step needs to know of a text.

    protected (addresses, tags, emoji) → sentences → languages (of each span) → segments: all three put together
    numbers, dates: values, and their comparison between two languages    names, romanisation, lemmas: words

Everything here is lossless: spans are half-open character ranges of the text that was given.
"""
