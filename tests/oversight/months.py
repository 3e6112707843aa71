"""Closed months for tests."""

from datetime import date

from jiuyuan.agencies.models import Agency
from jiuyuan.oversight.figures import closing
from jiuyuan.oversight.models import FigurePeriod
from jiuyuan.oversight.period_workflow import PERIOD
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from tests.factories import PLATFORM, a_case, act_on, move_to, put_on_the_register, staff
from tests.recognitions.register import found, told

MARCH = date(2026, 3, 1)


def newly_on_the_register() -> Recognition:
    """Somebody recognised today at the street, without an application behind it."""
    clerk = staff("clerk")
    return put_on_the_register(clerk, a_case("draft", clerk=clerk).person)


def closed(month: date = MARCH, at: str = PLATFORM) -> FigurePeriod:
    """That month of an office, closed where it was not; the street is there, for somebody was counted in it."""
    if not FigurePeriod.objects.unscoped().filter(month=month).exists():
        closing.close(registry.home(), month)
    return period_of(at, month)


def period_of(at: str, month: date = MARCH) -> FigurePeriod:
    found_there: FigurePeriod = FigurePeriod.objects.unscoped().get(agency__code=at, month=month)
    return found_there


def a_closed_month(at: str = PLATFORM) -> FigurePeriod:
    """March with one person in it, closed on the day after it."""
    newly_on_the_register()
    move_to(date(2026, 4, 5))
    return closed(at=at)


def approved(period: FigurePeriod, role: str = "clerk") -> FigurePeriod:
    done: FigurePeriod = engine.act(staff(role, at=period.agency.code), PERIOD, period.pk, "approve")
    return done


def an_unapproved_one_below(period: FigurePeriod) -> None:
    assert FigurePeriod.objects.unscoped().filter(month=period.month, agency__parent=period.agency).exists()


def a_new_period(at: str = PLATFORM) -> FigurePeriod:
    """As the night begins one: not saved."""
    agency = Agency.objects.get(code=at)
    return FigurePeriod(
        agency=agency, area=agency.path, month=MARCH, since=MARCH, until=date(2026, 3, 31), closed_on=date(2026, 4, 5),
        closed_at="2026-04-05T01:00:00+08:00", digest="0" * 64,
    )  # fmt: skip


def cancelled(stay: Recognition) -> None:
    """取消认定: found to rest on fraud, the person heard, decided by another."""
    investigation = told(found(stay, fraud=True))
    act_on("decide", staff("reviewer"), investigation.pk, outcome="annul", reason="查实。")
    stay.refresh_from_db()
