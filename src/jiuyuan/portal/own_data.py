"""Exports everything on file about the person (个人信息保护法 45): JSON for programs, PDF for people.

The scope of each model defines the person's rows, `taken_along` the exported fields. The PDF has what can be read
in words; data for programs, such as the rules' detailed answers, are in the JSON only.
"""

import json
from collections.abc import Callable, Iterator, Sequence
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
from jiuyuan.applications import commitment
from jiuyuan.applications.models import Application
from jiuyuan.applications.queries import categories
from jiuyuan.encryption import EncryptedTextField
from jiuyuan.history import services as history
from jiuyuan.notifications.models import Message
from jiuyuan.people.models import BankAccount, Fact, KnownFacts, Person
from jiuyuan.people.wording import value_in_words
from jiuyuan.portal import taken_along
from jiuyuan.portal.access import for_applicants
from jiuyuan.printing.tables import TableData, table_pdf
from jiuyuan.rules.facts import FACTS
from jiuyuan.templatetags.plain import moment
from jiuyuan.wording import for_record, say

Said = Callable[[models.Model, "models.Field[Any, Any]"], Any]


@for_applicants
def as_json(request: HttpRequest) -> HttpResponseBase:
    """The names of sections and fields are those of the forms."""
    if (person := _own(request)) is None:
        return redirect("portal:information")
    parts = dict(_parts(request, person, _value))
    said = {say("截至"): timezone.localtime(clock.now()).isoformat(timespec="seconds"), **parts}
    text = json.dumps(said, ensure_ascii=False, indent=1)
    return _file(text.encode(), "application/json; charset=utf-8", "json")


@for_applicants
def as_pdf(request: HttpRequest) -> HttpResponseBase:
    if (person := _own(request)) is None:
        return redirect("portal:information")
    rows = [
        (f"{label} {number}", name, value)
        for label, part in _parts(request, person, _in_words)
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
    """The person whose data are requested; records the look."""
    assert isinstance(request.user, User)
    person: Person | None = Person.objects.visible_to(request.user).select_related("agency").first()
    if person is not None:
        history.looked(request.user.actor, person.file, for_record("下载本人的信息"), person.area, unmasked=True)
    return person


def _parts(request: HttpRequest, person: Person, said: Said) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each kind of row with the person's rows; kinds without any are left out."""
    user = request.user
    assert isinstance(user, User)
    for model in apps.get_models():
        scope = getattr(model, "scope", None)
        names = taken_along.fields(model)
        if not isinstance(scope, Scope) or scope.owner is None or not names:
            continue
        rows = ScopedQuerySet(model).visible_to(user).filter(taken_along.told(model)).order_by("pk")
        if found := [told for row in rows if (told := _row(row, names, said))]:
            yield str(model._meta.verbose_name), found
    if messages := list(Message.objects.to(user.username).order_by("pk")):
        yield str(Message._meta.verbose_name), [{say("标题"): one.title, say("内容"): one.body} for one in messages]


def _row(row: models.Model, names: Sequence[str], said: Said) -> dict[str, Any]:
    hidden = taken_along.withheld(row)
    fields: list[Any] = [row._meta.get_field(name) for name in names if name not in hidden]
    told = {str(field.verbose_name): said(row, field) for field in fields}
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def _value(row: models.Model, field: "models.Field[Any, Any]") -> Any:
    value = getattr(row, field.name)
    if isinstance(row, Fact) and field.name == "name" and value in FACTS:
        return say(FACTS[value].label)
    if isinstance(row, BankAccount) and field.name == "number":
        return row.masked_number
    if isinstance(value, str) and isinstance(field, EncryptedTextField) and not isinstance(row, Person):
        return masking.text(value)  # data of relatives and agents, who did not request this
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else _plain(value)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def _in_words(row: models.Model, field: "models.Field[Any, Any]") -> str:
    """The value in words; empty if there are none."""
    value = getattr(row, field.name)
    if value is None or value == "":
        return ""
    if isinstance(row, Fact) and field.name == "value":
        return value_in_words(row.name, value)
    if isinstance(row, KnownFacts) and field.name in FACTS:
        return value_in_words(field.name, value.isoformat() if isinstance(value, date) else value)
    if isinstance(value, date):
        return moment(value)
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if isinstance(row, Application) and field.name == "signed":
        return commitment.signer(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        titles = categories(row.area) if isinstance(row, Application) and field.name == "categories" else {}
        return say("{names}", names=[titles.get(one, one) for one in value]) if value else ""
    return "" if isinstance(value, list | dict) else str(_value(row, field))


def _file(content: bytes, content_type: str, ending: str) -> HttpResponse:
    name = f"my-information-{clock.today():%Y%m%d}.{ending}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
