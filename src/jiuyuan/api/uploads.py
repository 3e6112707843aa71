"""Uploads by programs: multipart with kind, side and file."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Form, Schema
from ninja.errors import AuthenticationError
from ninja.files import UploadedFile
from pydantic import WithJsonSchema

from jiuyuan.api.bodies import fault_of
from jiuyuan.api.inputs import OneOf, one_of
from jiuyuan.api.problems import Problem
from jiuyuan.api.tokens import account_of
from jiuyuan.people.documents import WARNINGS
from jiuyuan.people.models import Document
from jiuyuan.regions import registry
from jiuyuan.rules import policy
from jiuyuan.wording import say

# Not required here, only in the description: the service refuses missing parts in their turn, after 404, 403 and
# 409.
Kind = Annotated[str | None, OneOf(registry.materials), Form(None)]
Part = Annotated[str | None, one_of(["", *policy.PARTS]), Form(None)]
Sent = Annotated[UploadedFile | None, WithJsonSchema({"type": "string", "format": "binary"}), File(None)]
_SCHEMA = {"schema": {"required": ["kind", "file"]}}
#: For `openapi_extra`.
REQUIRED: dict[str, Any] = {"requestBody": {"content": {"multipart/form-data": _SCHEMA}, "required": True}}


class PictureWarning(Schema):
    """What may be wrong with a picture that was taken all the same: `tiny`, or nearly `one_colour`."""

    code: str
    message: str


class NewMaterial(Schema):
    """A paper that was handed in or put on a file. With `warnings`, ask for the picture again."""

    id: int
    kind: str
    part: str
    pages: int
    warnings: list[PictureWarning]


def taken(pk: int, document: Document) -> NewMaterial:
    """The response for a stored paper. `pk` is the material's, or the document's own in a person's file."""
    warnings = [PictureWarning(code=code, message=say(WARNINGS[code])) for code in document.warnings]
    return NewMaterial(id=pk, kind=document.kind, part=document.part, pages=document.pages, warnings=warnings)


def paper(kind: str | None, file: UploadedFile | None, part: str | None) -> dict[str, Any]:
    """The upload in the form that services take; `content` is None without a file."""
    content, name = (None, "") if file is None else (file.read(), file.name or "")
    return {"kind": kind or "", "content": content, "file_name": name, "part": part or ""}


View = Callable[..., HttpResponseBase]


def multipart_only(first: Callable[..., object]) -> Callable[[View], View]:
    """Decorator for operations that take a file: refuses incomplete or other bodies after the checks of `first`,
    called with the user and the URL parameters.
    """

    def wrap(run: View) -> View:
        @wraps(run)
        def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
            if (fault := _fault(request)) is None:
                return run(request, *args, **named)
            if (user := account_of(request)) is None:
                raise AuthenticationError
            with transaction.atomic():
                first(user, **named)
            raise fault

        return checked

    return wrap


def _fault(request: HttpRequest) -> Exception | None:
    if request.content_type != "multipart/form-data":
        return Problem(415, say("材料用 multipart/form-data 上传：kind 写种类，file 放文件。"))
    return fault_of(request)
