"""A program that calls /api/v1, and what it checks of every answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import a_photograph
from tests.strict import StrictClient


@dataclass
class Program:
    """Calls below /api/v1. Every failure is checked to be a problem with a Chinese title (RFC 9457)."""

    token: str = ""

    def get(self, path: str, **query: Any) -> Any:
        return self._checked(StrictClient().get(f"/api/v1{path}", query, headers=self._headers()))

    def post(self, path: str, body: Any = None, *, key: str = "", content: bytes | None = None, **headers: Any) -> Any:
        content = json.dumps(body).encode() if content is None else content
        kind = headers.pop("content_type", "application/json")
        response = StrictClient().post(
            f"/api/v1{path}", content, content_type=kind, headers=self._headers(key) | headers
        )
        return self._checked(response)

    def upload(
        self,
        path: str,
        kind: str = "id_card",
        content: bytes | None = None,
        name: str = "证件.jpg",
        key: str = "",
        **more: str,
    ) -> Any:
        file = SimpleUploadedFile(name, a_photograph() if content is None else content)
        response = StrictClient().post(
            f"/api/v1{path}", {"kind": kind, "file": file} | more, headers=self._headers(key)
        )
        return self._checked(response)

    def _headers(self, key: str = "") -> dict[str, str]:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return headers | ({"idempotency-key": key} if key else {})

    @staticmethod
    def _checked(response: Any) -> Any:
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json", response.content
            problem = response.json()
            assert problem["status"] == response.status_code
            assert any("\u4e00" <= character <= "\u9fff" for character in problem["title"]), problem
            for error in problem.get("errors", []):
                assert set(error) == {"field", "message"}
                assert any("\u4e00" <= character <= "\u9fff" for character in error["message"]), problem
        return response


def fields(response: Any) -> list[str]:
    """The fields that a refusal names."""
    return [error["field"] for error in response.json().get("errors", [])]


class _Asked(Exception):
    """The request that a call came to."""

    def __init__(self, how: str, *asked: Any, **more: Any) -> None:
        self.how, self.asked, self.more = how, asked, more

    def send(self, program: Program) -> Any:
        return getattr(program, self.how)(*self.asked, **self.more)


class _Asking(Program):
    """A program that sends nothing: it raises the request."""

    def get(self, *asked: Any, **more: Any) -> Any:
        raise _Asked("get", *asked, **more)

    def post(self, *asked: Any, **more: Any) -> Any:
        raise _Asked("post", *asked, **more)

    def upload(self, *asked: Any, **more: Any) -> Any:
        raise _Asked("upload", *asked, **more)


def prepared(call: Callable[[Program, Any], Any], about: Any) -> Callable[[Program], Any]:
    """The one request of `call`, to be sent by several programs: what it needs in the database is made once and stays."""
    try:
        call(_Asking(), about)
    except _Asked as asked:
        return asked.send
    raise AssertionError("a call sends one request")
