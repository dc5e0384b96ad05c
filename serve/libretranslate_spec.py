"""What LibreTranslate's paths say of themselves in OpenAPI, and at `/spec`."""

from __future__ import annotations

from typing import Any

from vistka.serve.libretranslate_request import MAX_ALTERNATIVES
from vistka.serve.settings import ServeSettings

_JSON, _FORM, _MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_STRING: dict[str, Any] = {"type": "string"}
_KEY: dict[str, Any] = {"type": ["string", "null"], "description": "API key, where one is needed"}
_SOURCE: dict[str, Any] = {"type": "string", "enum": ["uk", "auto"], "description": "Language of the text"}
_TARGET: dict[str, Any] = {"type": "string", "enum": ["en"], "description": "Language to translate into"}
_DETECTED: dict[str, Any] = {
    "type": "object",
    "properties": {"confidence": {"type": "number", "minimum": 0, "maximum": 100}, "language": _STRING},
    "required": ["confidence", "language"],
}
_ERROR: dict[str, Any] = {"type": "object", "properties": {"error": _STRING}, "required": ["error"]}
_ERRORS = {
    400: "Invalid request, or no API key where one is needed",
    403: "The API key is not good, or not for this",
    413: "The body is too large",
    429: "Slow down",
    500: "Translation error",
    503: "Too much to do: come again later",
    504: "Not done in time",
}


def operation(path: str, method: str, settings: ServeSettings) -> dict[str, Any]:
    """Arguments of `add_api_route` that describe an operation.

    Args:
        path: of one of LibreTranslate's operations.
        method: likewise.
        settings: whose limits count.
    """
    summary, answer, request = _operations(settings)[path, method]
    responses: dict[int | str, dict[str, Any]] = {200: {"description": "Done", "content": {_JSON: {"schema": answer}}}}
    if method == "POST" or request:
        responses |= {
            status: {"description": text, "content": {_JSON: {"schema": _ERROR}}} for status, text in _ERRORS.items()
        }
    return {
        "summary": summary,
        "operation_id": f"libretranslate{path.replace('/', '_')}_{method.lower()}",
        "responses": responses,
        "openapi_extra": request,
    }


def _operations(settings: ServeSettings) -> dict[tuple[str, str], tuple[str, dict[str, Any], dict[str, Any]]]:
    """Path and method → summary, schema of the answer, and how the request is made."""
    text = {"type": "string", "minLength": 1, "maxLength": settings.max_text_chars, "example": "Доброго ранку!"}
    texts = {"type": "array", "items": {**text, "minLength": 0}, "minItems": 1, "maxItems": settings.max_texts}
    text_or_texts = {"anyOf": [text, texts]}
    translate = {
        "q": text_or_texts,
        "source": _SOURCE,
        "target": _TARGET,
        "format": {"type": ["string", "null"], "enum": ["text", "html", None], "default": "text"},
        "alternatives": {"type": "integer", "maximum": MAX_ALTERNATIVES, "default": 0},
        "api_key": _KEY,
    }
    by_form = {**translate, "q": text, "format": {"type": "string", "enum": ["text", "html"]}, "api_key": _STRING}
    file = {"file": {"type": "string", "format": "binary"}, "source": _SOURCE, "target": _TARGET, "api_key": _STRING}
    suggestion = {
        "q": {**_STRING, "minLength": 1},
        "s": {**_STRING, "minLength": 1},
        "source": _SOURCE,
        "target": _TARGET,
    }
    needed = ["q", "source", "target"]
    return {
        ("/translate", "POST"): ("Translate Text", _translated(), _body(translate, needed, by_form)),
        ("/translate", "GET"): ("Translate Text", _translated(), _query(by_form, needed)),
        ("/detect", "POST"): (
            "Detect Language of Text",
            {"type": "array", "items": _DETECTED, "minItems": 1},
            _body({"q": text, "api_key": _KEY}, ["q"], {"q": text, "api_key": _STRING}),
        ),
        ("/languages", "GET"): ("Get Supported Languages", _languages(), {}),
        ("/translate_file", "POST"): (
            "Translate a File",
            _object({"translatedFileUrl": _STRING}),
            {"requestBody": {"required": True, "content": {_MULTIPART: _schema(file, ["file", "source", "target"])}}},
        ),
        ("/suggest", "POST"): (
            "Submit a Suggestion to Improve a Translation",
            _object({"success": {"type": "boolean"}}),
            _body({**suggestion, "api_key": _KEY}, list(suggestion), {**suggestion, "api_key": _STRING}),
        ),
        ("/frontend/settings", "GET"): ("Retrieve Frontend Settings", _frontend(), {}),
        ("/health", "GET"): ("Health Check", _object({"status": _STRING}), {}),
    }


def _object(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _schema(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"schema": {"type": "object", "properties": properties, "required": required}}


def _body(as_json: dict[str, Any], required: list[str], as_form: dict[str, Any]) -> dict[str, Any]:
    content = {_JSON: _schema(as_json, required)}
    content |= {form: _schema(as_form, required) for form in (_FORM, _MULTIPART)}
    return {"requestBody": {"required": True, "content": content}}


def _query(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    parameters = [
        {"in": "query", "name": name, "required": name in required, "schema": schema}
        for name, schema in properties.items()
    ]
    return {"parameters": parameters}


def _translated() -> dict[str, Any]:
    strings = {"type": "array", "items": _STRING}
    return _object(
        {
            "translatedText": {"anyOf": [_STRING, strings]},
            "detectedLanguage": {"anyOf": [_DETECTED, {"type": "array", "items": _DETECTED}]},
            "alternatives": {"anyOf": [strings, {"type": "array", "items": strings}]},
        },
        "detectedLanguage",
        "alternatives",
    )


def _languages() -> dict[str, Any]:
    one = _object({"code": _STRING, "name": _STRING, "targets": {"type": "array", "items": _STRING}})
    return {"type": "array", "items": one}


def _frontend() -> dict[str, Any]:
    language = _object({"code": _STRING, "name": _STRING})
    switch = {"type": "boolean"}
    return _object(
        {
            "charLimit": {"type": "integer"},
            "frontendTimeout": {"type": "integer"},
            "apiKeys": switch,
            "keyRequired": switch,
            "suggestions": switch,
            "filesTranslation": switch,
            "supportedFilesFormat": {"type": "array", "items": _STRING},
            "language": _object({"source": language, "target": language}),
        }
    )
