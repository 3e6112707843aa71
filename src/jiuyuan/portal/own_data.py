"""Everything that is on file about who asks, to take along (个人信息保护法 45): as JSON for programs, as PDF for people.

What belongs to a person is declared once, by the scope of each model: a model that is added is in here by itself.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from jiuyuan import clock, masking
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import Scope, ScopedQuerySet
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.notifications.models import Message
from jiuyuan.people.models import Fact, Person
from jiuyuan.portal.access import for_applicants
from jiuyuan.printing.tables import TableData, table_pdf
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say

#: Where and how something is kept, which says nothing about anybody.
_OF_THE_MACHINE = {
    "area", "id_index", "phone_index", "name_pinyin", "name_initials", "sha256", "stored_as", "version",
    "recorded_by", "added_by", "entered_by", "requested_by", "confirmed_by",
}  # fmt: skip


@for_applicants
def as_json(request: HttpRequest) -> HttpResponseBase:
    """The names of parts and fields are those of the forms."""
    if (person := _own(request)) is None:
        return redirect("portal:information")
    said = {say("截至"): timezone.localtime(clock.now()).isoformat(timespec="seconds"), **dict(_parts(request, person))}
    text = json.dumps(said, ensure_ascii=False, indent=1)
    return _file(text.encode(), "application/json; charset=utf-8", "json")


@for_applicants
def as_pdf(request: HttpRequest) -> HttpResponseBase:
    if (person := _own(request)) is None:
        return redirect("portal:information")
    rows = [
        (f"{label} {number}", name, _text(value))
        for label, part in _parts(request, person)
        for number, row in enumerate(part, 1)
        for name, value in row.items()
    ]
    pdf = table_pdf(
        TableData(
            title=say("我的信息"),
            note=say("就业困难人员认定和帮扶系统中关于本人的全部信息，供本人留存。"),
            agency=person.agency.name,
            day=clock.today(),
            heads=[say("类别"), say("项目"), say("内容")],
            rows=rows,
        )
    )
    return _file(pdf, "application/pdf", "pdf")


def _own(request: HttpRequest) -> Person | None:
    assert isinstance(request.user, User)
    person: Person | None = Person.objects.visible_to(request.user).select_related("agency").first()
    return person


def _parts(request: HttpRequest, person: Person) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each kind of row with those of this person; a kind without any is left out."""
    user = request.user
    assert isinstance(user, User)
    for model in apps.get_models():
        scope = getattr(model, "scope", None)
        if not isinstance(scope, Scope) or scope.owner is None:
            continue
        rows = ScopedQuerySet(model).visible_to(user).order_by("pk")
        if found := [_row(row) for row in rows]:
            yield str(model._meta.verbose_name), found
    if messages := list(Message.objects.to(user.username).order_by("pk")):
        yield str(Message._meta.verbose_name), [{say("标题"): one.title, say("内容"): one.body} for one in messages]


def _row(row: models.Model) -> dict[str, Any]:
    fields = [
        field
        for field in row._meta.concrete_fields
        if not field.primary_key and not field.is_relation and field.name not in _OF_THE_MACHINE
    ]
    said = {str(field.verbose_name): _value(row, field) for field in fields}
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def _value(row: models.Model, field: "models.Field[Any, Any]") -> Any:
    value = getattr(row, field.name)
    if isinstance(row, Fact) and field.name == "name" and value in FACTS:
        return say(FACTS[value].label)
    if isinstance(field, EncryptedTextField) and not isinstance(row, Person):
        return masking.text(value) if value else value  # of relatives and agents, who did not ask
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else _plain(value)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return say("是") if value else say("否")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _file(content: bytes, content_type: str, ending: str) -> HttpResponse:
    name = f"my-information-{clock.today():%Y%m%d}.{ending}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
