"""A PDF as the answer of an operation."""

from typing import Any

from django.http import HttpRequest, HttpResponse

_TYPES = ("application/pdf", "application/octet-stream")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
#: For `openapi_extra`. Some generators of clients know bytes only as octet-stream, so that may be asked for too.
ANSWER: dict[str, Any] = {"responses": {200: {"content": dict.fromkeys(_TYPES, _BINARY)}}}


def answer(request: HttpRequest, content: bytes, number: str) -> HttpResponse:
    """The paper under the number of its case, in the type that the program accepts: PDF unless it names the other."""
    plain = request.headers.get("Accept", "").strip() == _TYPES[1]
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return HttpResponse(content, content_type=_TYPES[1] if plain else _TYPES[0], headers=headers)
