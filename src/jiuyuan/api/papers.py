"""A PDF response."""

from typing import Any

from django.http import HttpRequest, HttpResponse

_TYPES = ("application/pdf", "application/octet-stream")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
#: For `openapi_extra`. Some client generators know binary data only as octet-stream, so that is offered too.
ANSWER: dict[str, Any] = {"responses": {200: {"content": dict.fromkeys(_TYPES, _BINARY)}}}


def answer(request: HttpRequest, content: bytes, number: str) -> HttpResponse:
    """The paper, named by the number of its case; PDF unless the program accepts only the other type."""
    plain = request.headers.get("Accept", "").strip() == _TYPES[1]
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return HttpResponse(content, content_type=_TYPES[1] if plain else _TYPES[0], headers=headers)
