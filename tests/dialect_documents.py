"""OpenAPI of the dialects that the service's own document leaves to their makers: what their clients need back.

Written from what the released clients send and read, not from the code that answers them.
"""

from __future__ import annotations

from typing import Any


def _json(schema: dict[str, Any], description: str = "As the client reads it.") -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": required | (optional or {})}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT: dict[str, Any] = {"type": "string"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
# A `detail` that is no string ends the client.
DEEPL_ERROR = _json(_object({"message": TEXT}, {"detail": TEXT, "code": {}}))
# At `/translate` a request without a language pair is LibreTranslate's.
APERTIUM_ERROR = _json(
    {
        "anyOf": [
            _object({"status": {"const": "error"}, "code": COUNT, "message": TEXT, "explanation": TEXT}),
            _object({"error": TEXT}),
        ]
    }
)
_DEEPL_STATUSES = ("400", "403", "404", "408", "413", "429", "456", "503", "504", "529")
_APERTIUM_STATUSES = ("400", "403", "404", "408", "413", "429", "503", "504")

LANGUAGE = {"type": "string", "pattern": "^[A-Z]{2,3}(-[A-Z]{2,4})?$"}
GLOSSARY = _object(
    {
        "glossary_id": TEXT,
        "name": TEXT,
        "ready": {"type": "boolean"},
        "source_lang": TEXT,
        "target_lang": TEXT,
        # Without a fraction of a second the client's parser gives up.
        "creation_time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$"},
        "entry_count": COUNT,
    }
)
_ANY_LANGUAGE = {"enum": ["UK", "EN", "EN-GB", "EN-US", "uk", "DE", "XX", "", None]}


def _deepl(
    success: dict[str, Any], body: dict[str, Any] | None = None, *, forms: bool = False, parameters: Any = ()
) -> dict[str, Any]:
    operation: dict[str, Any] = {"responses": success | dict.fromkeys(_DEEPL_STATUSES, DEEPL_ERROR)}
    if body is not None:
        kinds = ("application/json", "application/x-www-form-urlencoded") if forms else ("application/json",)
        operation["requestBody"] = {"content": {kind: {"schema": body} for kind in kinds}}
    if parameters:
        operation["parameters"] = list(parameters)
    return operation


def _parameter(name: str, place: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": schema, "required": required}


_ID = _parameter("id", "path", {"type": "string", "minLength": 1, "maxLength": 40}, required=True)
_TRANSLATE = {
    "type": "object",
    "required": ["text", "target_lang"],
    "properties": {
        "text": {
            "type": "array",
            "items": {"enum": ["Рада ухвалила закон.", '<x id="7"></x> Так & ні', "", " ", "Hi"]},
        },
        "target_lang": _ANY_LANGUAGE,
        "source_lang": _ANY_LANGUAGE,
        "show_billed_characters": {"type": "boolean"},
        "split_sentences": {"enum": ["0", "1", "nonewlines", "2"]},
        "preserve_formatting": {"type": "boolean"},
        "formality": {"enum": ["default", "more", "less", "prefer_more", "prefer_less", "odd"]},
        "tag_handling": {"enum": ["xml", "html", "odd"]},
        "ignore_tags": {"type": "array", "items": {"enum": ["x", "keep", "<"]}},
        "splitting_tags": {"type": "array", "items": {"enum": ["p"]}},
        "non_splitting_tags": {"type": "array", "items": {"enum": ["b"]}},
        "outline_detection": {"type": "boolean"},
        "model_type": TEXT,
        "context": TEXT,
        "glossary_id": TEXT,
        "glossary_ids": {"type": "array", "items": TEXT},
        "custom_instructions": {"type": "array", "items": TEXT},
    },
}
_TRANSLATION = _object(
    {"detected_source_language": LANGUAGE, "text": TEXT, "billed_characters": COUNT}, {"model_type_used": TEXT}
)
_NEW_GLOSSARY = {
    "type": "object",
    "required": ["name", "source_lang", "target_lang", "entries", "entries_format"],
    "properties": {
        "name": TEXT,
        "source_lang": _ANY_LANGUAGE,
        "target_lang": _ANY_LANGUAGE,
        "entries": {"enum": ["так\tyes", "так,yes", "", "\t", "так\tyes\nтак\tno", "a\tb\tc", '"так","yes']},
        "entries_format": {"enum": ["tsv", "csv", "odd"]},
    },
}
_UPLOAD = {
    "type": "object",
    "required": ["file", "target_lang"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "target_lang": _ANY_LANGUAGE,
        "source_lang": _ANY_LANGUAGE,
        "formality": TEXT,
        "filename": {"enum": ["a.txt", "a.docx", "a.html", "a.exe", ""]},
    },
}
_DOCUMENT = _object({"document_id": TEXT, "document_key": TEXT})
_STATUS = _object(
    {"document_id": TEXT, "status": {"enum": ["queued", "translating", "done", "downloaded", "error"]}},
    {"seconds_remaining": COUNT, "billed_characters": COUNT, "error_message": TEXT},
)
_KEY = {"type": "object", "required": ["document_key"], "properties": {"document_key": TEXT}}

DEEPL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "DeepL, as its clients read it", "version": "2"},
    "paths": {
        "/v2/translate": {
            "post": _deepl({"200": _json(_object({"translations": _list(_TRANSLATION)}))}, _TRANSLATE, forms=True)
        },
        "/v2/languages": {
            "get": _deepl(
                {"200": _json(_list(_object({"language": LANGUAGE, "name": TEXT}, {"supports_formality": {}})))},
                parameters=[_parameter("type", "query", {"enum": ["source", "target", "odd"]})],
            )
        },
        "/v2/usage": {"get": _deepl({"200": _json(_object({"character_count": COUNT, "character_limit": COUNT}))})},
        "/v2/glossary-language-pairs": {
            "get": _deepl(
                {
                    "200": _json(
                        _object({"supported_languages": _list(_object({"source_lang": TEXT, "target_lang": TEXT}))})
                    )
                }
            )
        },
        "/v2/glossaries": {
            "get": _deepl({"200": _json(_object({"glossaries": _list(GLOSSARY)}))}),
            "post": _deepl({"201": _json(GLOSSARY)}, _NEW_GLOSSARY, forms=True),
        },
        "/v2/glossaries/{id}": {
            "get": _deepl({"200": _json(GLOSSARY)}, parameters=[_ID]),
            "delete": _deepl({"204": {"description": "It is gone."}}, parameters=[_ID]),
        },
        "/v2/glossaries/{id}/entries": {
            "get": _deepl(
                {"200": {"description": "Tab-separated.", "content": {"text/tab-separated-values": {"schema": TEXT}}}},
                parameters=[_ID],
            )
        },
        "/v2/document": {
            "post": {
                "requestBody": {"content": {"multipart/form-data": {"schema": _UPLOAD}}},
                "responses": {"200": _json(_DOCUMENT)} | dict.fromkeys(_DEEPL_STATUSES, DEEPL_ERROR),
            }
        },
        "/v2/document/{id}": {"post": _deepl({"200": _json(_STATUS)}, _KEY, forms=True, parameters=[_ID])},
        "/v2/document/{id}/result": {
            "post": _deepl({"200": {"description": "The document."}}, _KEY, forms=True, parameters=[_ID])
        },
        "/v3/glossaries": {"get": _deepl({}), "post": _deepl({}, {"type": "object"})},
    },
}

_DETAILS = {"responseDetails": {}, "responseStatus": {"const": 200}}


def _apertium(data: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    answer = _json(_object({"responseData": data, **_DETAILS}))
    return {
        "parameters": list(parameters),
        "responses": {"200": answer} | dict.fromkeys(_APERTIUM_STATUSES, APERTIUM_ERROR),
    }


_PAIR = {"enum": ["uk|en", "ukr|eng", "uk_UA|en_GB", "en|uk", "uk", "|", ""]}
APERTIUM: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Apertium APy, as its clients read it", "version": "1"},
    "paths": {
        "/translate": {
            "get": _apertium(
                _object({"translatedText": TEXT}),
                _parameter("langpair", "query", _PAIR, required=True),
                _parameter("q", "query", {"type": "string", "maxLength": 40}),
                _parameter("markUnknown", "query", {"enum": ["yes", "no", "odd"]}),
                _parameter("format", "query", {"enum": ["txt", "html", "odd"]}),
            )
        },
        "/listPairs": {"get": _apertium(_list(_object({"sourceLanguage": TEXT, "targetLanguage": TEXT})))},
    },
}
