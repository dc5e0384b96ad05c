"""What a translation memory in TMX 1.4b calls things (LISA OSCAR, TMX 1.4b Specification, 2005)."""

from __future__ import annotations

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
"""Dates are UTC, in the basic format of ISO 8601."""

MODEL_PROP, REVISION_PROP, GLOSSARY_PROP = "x-vistka-model", "x-vistka-revision", "x-vistka-glossary"
