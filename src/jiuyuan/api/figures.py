"""Figures (五(三)): definitions, values, the people behind them, and closed months."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core import signing
from django.http import HttpRequest
from ninja import Router, Schema

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.api import paging
from jiuyuan.api.listing import Thing, lookups, routes
from jiuyuan.api.problems import Problem
from jiuyuan.api.tokens import Bearer, user_of
from jiuyuan.oversight.figures import reading, registry
from jiuyuan.oversight.figures.reading import FigureReading
from jiuyuan.oversight.models import FigurePeriod, Target
from jiuyuan.oversight.period_workflow import PERIOD
from jiuyuan.oversight.target_workflow import TARGET, difference
from jiuyuan.people.queries import looked_at_list
from jiuyuan.wording import for_record, say

router = Router(auth=Bearer(), tags=["people"])
_SALT = "jiuyuan.api.figures"


class DefinitionShape(Schema):
    """One definition in one version: `decides` says which day decides, `counts` what is counted once. `stock`: on the last day of the month."""

    code: str
    version: int
    label: str
    decides: str
    counts: str
    stock: bool


class LaterShape(Schema):
    """People whom a closed month would count otherwise today, as of the last night."""

    added: int
    removed: int


class FigureShape(DefinitionShape):
    """A value. `closed`: the month was closed on `closed_on`, and nothing changes `value` and `digest` any more."""

    agency: str
    month: str
    since: date
    until: date
    value: int
    closed: bool
    closed_on: date | None
    digest: str | None
    in_year: int | None
    later: LaterShape
    parts: dict[str, dict[str, int]]


class CountedPerson(Schema):
    """`person` is null where the file has moved away since the month was closed."""

    person: int | None
    name: str


class CountedPage(Schema):
    """`count`: as many as the figure says."""

    count: int
    items: list[CountedPerson]
    next: str | None


@router.get("/figures", response=list[DefinitionShape], summary="Definitions of figures")
def list_figures(request: HttpRequest) -> list[DefinitionShape]:
    """Every definition in every version."""
    registry.refuse_who_may_not(user_of(request))
    return [DefinitionShape(**_defined(one)) for one in registry.FIGURES.values()]


@router.get("/figures/{code}", response=FigureShape, summary="One figure")
def see_figure(request: HttpRequest, code: str, month: str = "", under: str = "", version: int = 0) -> FigureShape:
    """`month` as 2026-03, the last one closed where none is named; `under`: the code of an office of your area."""
    one = _reading(user_of(request), code, month, under, version)
    closed = one.period
    return FigureShape(
        **_defined(one.figure), agency=one.under.code, month=f"{one.month:%Y-%m}", since=one.span.since, until=one.span.until,
        value=one.value, closed=closed is not None, closed_on=closed.closed_on if closed else None,
        digest=one.line.digest if one.line else None, in_year=one.in_year,
        later=LaterShape(added=one.added, removed=one.removed), parts=one.parts,
    )  # fmt: skip


@router.get("/figures/{code}/people", response=CountedPage, summary="The people behind a figure")
def list_people_of_figure(
    request: HttpRequest, code: str, month: str = "", under: str = "", version: int = 0, cursor: str = ""
) -> CountedPage:
    """Everybody once."""
    user = user_of(request)
    one = _reading(user, code, month, under, version)
    start = _start(cursor)
    found = reading.listed(user, one, start, paging.SIZE)
    looked_at_list(user, for_record("月报数字的名单（接口）"))
    items = [CountedPerson(person=person.pk, name=person.name) for person in found.people]
    items += [CountedPerson(person=None, name="") for _ in range(found.elsewhere)]
    following = signing.dumps(start + paging.SIZE, salt=_SALT) if found.more else None
    return CountedPage(count=found.count, items=items, next=following)


def _visible(model: Any) -> Callable[[User], Any]:
    def rows(user: User) -> Any:
        registry.refuse_who_may_not(user)
        return model.objects.visible_to(user)

    return rows


SHOWN = routes(
    router,
    (
        Thing(
            PERIOD, "period",
            {
                "agency": "agency.code", "month": "month", "since": "since", "until": "until", "closed_on": "closed_on",
                "digest": "digest", "approved_on": "approved_on", "approved_by": "approved_by_name", "opinion": "opinion",
            },
            lookups(), ("Closed months", "One closed month"),
            ("Those of the offices of your area.", "`digest` covers every figure of it."),
            rows=_visible(FigurePeriod), with_it=("agency", "approved_by"),
        ),
        Thing(
            TARGET, "target",
            {
                "agency": "agency.code", "year": "year", "indicator": "indicator", "value": "value", "responsible": "responsible",
                "set_by_agency": "setting_agency.code", "set_on": "set_on", "published_on": "published_on", "why": "why",
                "reason": "reason",
            },
            lookups(), ("Targets of a year", "One target"),
            ("Those of the offices of your area.", "`value`: how many people the figure `indicator` is to count in the year."),
            more={"differs": (int, lambda _user, row: difference(row))}, rows=_visible(Target), with_it=("agency", "setting_agency"),
            says="`differs`: by how much the targets of the offices directly below together differ from this one.",
        ),
    ),
)  # fmt: skip


def _defined(one: registry.FigureDefinition) -> dict[str, Any]:
    return {name: getattr(one, name) for name in DefinitionShape.model_fields}


def _reading(user: User, code: str, month: str, under: str, version: int) -> FigureReading:
    office = reading.office(user, under)
    return reading.read(user, registry.definition(code, version), office, _month(month, office))


def _month(text: str, office: Agency) -> date:
    if not text:
        return reading.last_month(office) or registry.month_at(office.path, clock.today())
    found = clock.asked_day(f"{text}-01") if len(text) == len("2026-03") else None
    if found is None:
        raise Problem(422, say("有内容需要改正。"), [("month", say("请写成 2026-03 的样子。"))])
    return found


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(signing.loads(cursor, salt=_SALT))
    except (signing.BadSignature, ValueError):
        raise Problem(
            422, say("有内容需要改正。"), [("cursor", say("应为上一页给出的 next，或者不填，从头看起。"))]
        ) from None
