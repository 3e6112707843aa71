"""Sends every page and every operation what nobody means to send, as every role, and keeps count of the answers.

Addresses come from the URL patterns, forms from the pages themselves, bodies of programs from the API's description.
The same seed sends the same, as long as the pages are the same.
"""

import json
import logging
import random
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import quote, urlencode, urlsplit

from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver
from lxml import html

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.services import issue_token
from jiuyuan.api.api import api
from jiuyuan.wsgi import Request
from tests.fuzzing import values

NOBODY = "public"


@dataclass(frozen=True)
class Form:
    """A form of a page, as it would be sent if nobody touched it. `choices`: what its lists and buttons offer."""

    address: str
    method: str
    fields: dict[str, list[str]]
    choices: dict[str, list[str]]
    files: frozenset[str]


@dataclass
class Count:
    """What was sent, what came back, and each failure once with how it came about."""

    answers: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    patterns: set[str] = field(default_factory=set)
    forms: set[tuple[str, ...]] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return sum(self.answers.values())

    @property
    def failed(self) -> int:
        return sum(number for status, number in self.answers.items() if status >= 500)

    def add(self, other: "Count") -> None:
        self.answers += other.answers
        self.kinds += other.kinds
        self.patterns |= other.patterns
        self.forms |= other.forms
        self.failures |= other.failures

    def report(self) -> str:
        answers = ", ".join(f"{status}: {number}" for status, number in sorted(self.answers.items()))
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(self.kinds.items()))
        return (
            f"{self.requests} requests ({kinds}) to {len(self.patterns)} addresses and {len(self.forms)} forms; "
            f"answers {answers}; 5xx = {self.failed}\n" + "\n".join(self.failures.values())
        )


class Fuzzer:
    """`users`: an account for each role, None for nobody. `known`: arguments and queries that lead somewhere, by URL name."""

    def __init__(
        self,
        seed: int,
        users: Mapping[str, User | None],
        arguments: Mapping[str, list[Any]],
        queries: Mapping[str, Mapping[str, Any]],
        keep: float = 0.0,
    ) -> None:
        self.chance, self.count, self.keep = random.Random(seed), Count(), keep
        self.arguments, self.queries, self.log = arguments, queries, _Log()
        self.clients = {role: self._client(user) for role, user in users.items()}
        self.tokens = {role: issue_token(user) for role, user in users.items() if user}
        self.pages = [found for found in _patterns(get_resolver()) if not found[0].startswith("api:")]
        self.operations = list(_operations())
        self.forms: dict[str, dict[tuple[str, ...], Form]] = {role: {} for role in users}
        self.opened: dict[str, list[tuple[str, str]]] = {role: [] for role in users}

    def run(self, most: int, go_on: Callable[[], bool] = lambda: True) -> Count:
        """Every page once as it is, for every role; then what nobody means to send, `most` requests in all."""
        with self.log.instead_of_the_usual():
            return self._run(most, go_on)

    def _run(self, most: int, go_on: Callable[[], bool]) -> Count:
        for role in self.clients:
            for name, pattern in self.pages:
                self._look(role, name, pattern)
                if not go_on():
                    return self.count
        kinds = (self._page, self._form, self._form, self._operation, self._odd_request)
        # Whoever may open more can be sent more; what is refused at the door is tried a little.
        weights = [len(self.opened[role]) for role in self.clients]
        while self.count.requests < most and go_on():
            [role] = self.chance.choices(list(self.clients), weights)
            self.chance.choice(kinds)(role)
        return self.count

    def _look(self, role: str, name: str, pattern: str) -> None:
        """A page as it is, and the forms on it."""
        address = _filled(pattern, [str(one) for one in self.arguments.get(name, [])])
        query = dict(self.queries.get(name, {}))
        answer = self._send(role, "look", "GET", address, pattern, query=urlencode(query, doseq=True))
        if name in self.queries:
            self._keep_form(role, Form(address, "POST", {k: [str(v)] for k, v in query.items()}, {}, frozenset()))
        if answer.status_code < 400 or answer.status_code == 405:
            self.opened[role].append((name, pattern))
        self._keep_forms(role, answer)

    def _page(self, role: str) -> None:
        """A page with odd parts in its address."""
        name, pattern = self._any_page(role)
        arguments = [str(one) for one in self.arguments.get(name, [])]
        for place in range(len(arguments)):
            if self.chance.random() < 0.3:
                arguments[place] = values.value(self.chance, arguments[place])
        query = dict.fromkeys(self.chance.sample(_ASKED, 2), "") | dict(self.queries.get(name, {}))
        said = urlencode({name: values.value(self.chance, str(usual)) for name, usual in query.items()})
        query_string = values.raw_query(self.chance) if self.chance.random() < 0.2 else said
        method = self.chance.choice(("GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS"))
        answer = self._send(role, "page", method, _filled(pattern, arguments), pattern, query=query_string)
        self._keep_forms(role, answer)

    def _form(self, role: str) -> None:
        """A form of a page this role saw, with some of its boxes filled oddly."""
        if not self.forms[role]:
            return
        form = self.chance.choice(list(self.forms[role].values()))
        sent = {name: list(given) for name, given in form.fields.items()}
        for name, offered in form.choices.items():
            if self.chance.random() < 0.6:
                sent[name] = [self.chance.choice(offered)]
        # Mostly one box, or the first that is wrong hides what the others would have done.
        for name in self.chance.sample(list(sent), min(len(sent), self.chance.choice((0, 1, 1, 1, 2, 2, 4, 20)))):
            draw = self.chance.random()
            if draw < 0.8:
                sent[name] = [values.value(self.chance, (sent[name] or [""])[0])]
            elif draw < 0.9:
                del sent[name]
            else:
                sent[name] = [*sent[name], values.value(self.chance)]
        if self.chance.random() < 0.1:
            sent[self.chance.choice(_ASKED)] = [values.value(self.chance)]
        self.count.forms.add((form.address.rstrip("0123456789/"), *sorted(form.fields)))
        if form.method == "GET":
            self._send(role, "form", "GET", form.address, "", query=urlencode(sent, doseq=True))
            return
        files: dict[str, Any] = {}
        for name in form.files:
            files[name] = values.file(self.chance)
        answer = self._send(role, "form", "POST", form.address, "", data={**sent, **files})
        self._keep_forms(role, answer)

    def _operation(self, role: str) -> None:
        """An operation of the API with an odd body, query or address."""
        method, pattern, example, asked = self.chance.choice(self.operations)
        arguments = [str(one) for one in self.arguments.get(_ARGUMENTS.get(pattern.split("{")[0], ""), [])]
        if self.chance.random() < 0.3:
            arguments = [values.value(self.chance, one) for one in arguments] or [values.value(self.chance)]
        query = urlencode({name: values.value(self.chance) for name in asked if self.chance.random() < 0.7})
        headers = {} if role == NOBODY else {"Authorization": f"Bearer {self.tokens[role]}"}
        if self.chance.random() < 0.2:
            headers |= {"Idempotency-Key": str(self.chance.random())}
        body = json.dumps(values.json_value(self.chance, example)).encode() if example is not None else b""
        kind = "application/json"
        if self.chance.random() < 0.1:
            body, kind = values.body(self.chance), values.content_type(self.chance)
        address = _filled(pattern, arguments)
        if example is _FILE and method == "POST":
            sent = {"kind": values.value(self.chance, "id_card"), "file": values.file(self.chance)}
            self._send(role, "operation", method, address, pattern, headers=headers, data=sent)
        else:
            self._send(role, "operation", method, address, pattern, query=query, headers=headers, body=body, kind=kind)

    def _odd_request(self, role: str) -> None:
        """A body, a content type and headers that go with nothing."""
        if self.chance.random() < 0.5:
            name, pattern = self._any_page(role)
            address = _filled(pattern, [str(one) for one in self.arguments.get(name, [])])
        else:
            _, pattern, _, _ = self.chance.choice(self.operations)
            address = _filled(pattern, ["1"])
        method = self.chance.choice(("POST", "GET", "PATCH"))
        body, kind = values.body(self.chance), values.content_type(self.chance)
        self._send(role, "odd", method, address, pattern, headers=values.headers(self.chance), body=body, kind=kind)

    def _send(
        self,
        role: str,
        kind_of: str,
        method: str,
        address: str,
        pattern: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        body: bytes = b"",
        kind: str = "application/octet-stream",
    ) -> Any:
        day = clock.today()
        client, self.log.last = self.clients[role], None
        cookies = client.cookies.copy()
        environment: dict[str, Any] = {"QUERY_STRING": query, "REMOTE_ADDR": _address(self.chance)}
        for name, text in (headers or {}).items():
            environment[_meta(name)] = text
        kept = self.chance.random() < self.keep
        with transaction.atomic():
            if data is not None:
                answer = client.post(address, data, **environment)
            else:
                answer = client.generic(method, address, body, kind, **environment)
            if answer.streaming:
                answer.read_whole = answer.getvalue()
            if not kept:
                transaction.set_rollback(True)
        client.cookies = cookies
        if clock.today() != day:  # no transaction takes that back
            clock.move_to(day)
        self.count.answers[answer.status_code] += 1
        self.count.kinds[kind_of] += 1
        self.count.patterns.add(pattern or address)
        if answer.status_code >= 500:
            self._note(role, method, address, query, headers, data or body[:300], answer)
        return answer

    def _note(self, role: str, method: str, address: str, query: str, headers: Any, sent: Any, answer: Any) -> None:
        error = self.log.last or getattr(answer, "exc_info", None)
        lines = traceback.format_exception(*error) if error else [answer.content[:300].decode("utf-8", "replace")]
        where = lines[-2] if len(lines) > 1 else ""
        told = f"{answer.status_code} {role} {method} {address[:200]}?{query[:200]} {headers or ''} {str(sent)[:600]}"
        self.count.failures.setdefault(f"{where}{lines[-1][:60]}", f"{told}\n{''.join(lines[-4:])[-1500:]}")

    def _any_page(self, role: str) -> tuple[str, str]:
        return self.chance.choice(self.opened[role] if self.chance.random() < 0.9 else self.pages)

    def _keep_forms(self, role: str, answer: Any) -> None:
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html") and answer.content:
            here = answer.wsgi_request.get_full_path()
            for form in html.fromstring(answer.content.decode()).forms:
                self._keep_form(role, _read(form, here))

    def _keep_form(self, role: str, form: Form) -> None:
        if "logout" not in form.address:
            kind = re.sub(r"\d+", "0", urlsplit(form.address).path)
            self.forms[role].setdefault((form.method, kind, *sorted(form.fields)), form)

    def _client(self, user: User | None) -> Client:
        client = Client(raise_request_exception=False)
        client.handler = _Handler(enforce_csrf_checks=False)
        if user:
            client.force_login(user, backend="jiuyuan.agencies.backends.WithAgency")
        return client


class _Handler(ClientHandler):
    """Django's own for tests, which reads a request as our server does."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        with mock.patch("django.test.client.WSGIRequest", Request):
            return super().__call__(environ)


class _Log(logging.Handler):
    """Keeps the last error. A thousand refusals in the log would hide the one line that matters."""

    last: Any = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR and record.exc_info:
            self.last = record.exc_info

    @contextmanager
    def instead_of_the_usual(self) -> Iterator[None]:
        logger = logging.getLogger("django")
        logger.addHandler(self)
        logger.propagate = False
        try:
            yield
        finally:
            logger.removeHandler(self)
            logger.propagate = True


_ASKED = ["q", "cursor", "page", "status", "next", "agency", "category", "channel", "platform", "county", "numbers", "action", "person",
          "from", "to", "file", "actor", "sort", "day", "days", "number", "unmask", "ground", "code", "back"]  # fmt: skip
_ARGUMENTS = {
    "/api/v1/applications/": "desk:case",
    "/api/v1/people/": "desk:person",
    "/api/v1/recognitions/": "desk:recognition",
}
_FILE = object()


def _patterns(resolver: URLResolver, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """The name and the whole route of every address."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}", "/" + route
        else:
            yield from _patterns(one, route, f"{one.namespace}:" if one.namespace else space)


def _operations() -> Iterator[tuple[str, str, Any, list[str]]]:
    """Of every operation: its method, its address, a body that it takes, and what may be asked in its query."""
    document = api.get_openapi_schema()
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            asked = [one["name"] for one in described.get("parameters", []) if one["in"] == "query"]
            content = described.get("requestBody", {}).get("content", {})
            example: Any = None
            if "multipart/form-data" in content:
                example = _FILE
            elif content:
                example = _example(next(iter(content.values()))["schema"], document)
            yield method.upper(), path, example, asked


def _example(schema: Any, document: Any) -> Any:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema["examples"][0] if schema.get("examples") else dict.fromkeys(schema.get("properties", {}), "")


def _filled(pattern: str, arguments: list[str]) -> str:
    """An address of that pattern; what is lacking is a 1."""
    given = iter(arguments)
    return re.sub(r"[<{][^>}]*[>}]", lambda _: quote(next(given, "1"), safe=":"), pattern)


def _read(form: Any, here: str) -> Form:
    fields: dict[str, list[str]] = {}
    for name, text in form.form_values():
        fields.setdefault(name, []).append(text or "")
    choices: dict[str, list[str]] = {}
    files = set()
    for box in form.xpath(".//input[@name] | .//button[@name] | .//select[@name] | .//textarea[@name]"):
        kind = box.get("type", "")
        if kind == "file":
            files.add(box.name)
        elif box.tag == "select":
            choices.setdefault(box.name, []).extend(box.value_options)
        elif kind in ("radio", "checkbox", "submit"):
            choices.setdefault(box.get("name"), []).append(box.get("value", "on"))
        else:
            fields.setdefault(box.get("name"), [""])
    action = form.get("action") or here
    method = (form.get("method") or "GET").upper()
    if not action.startswith("/"):
        action = here
    fields.pop("csrfmiddlewaretoken", None)
    return Form(action, method, fields, {n: c for n, c in choices.items() if c}, frozenset(files))


def _address(chance: random.Random) -> str:
    return f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


def _meta(name: str) -> str:
    plain = name.upper().replace("-", "_")
    return plain if plain in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{plain}"
