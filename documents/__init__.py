"""Formats in and out: bytes → Item, and a translated Item → bytes.

`read.py` takes bytes, a file or standard input: `decode.py` makes text of them, and one of `plain_text.py` (with
`metadata.py`), `markdown.py`, `html_page.py` and `html_article.py` an Item of the text. `write.py` puts new words into
the document, byte for byte as it was around them, and writes whole files.
"""
