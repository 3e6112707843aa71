"""Closed months on their way up."""

from jiuyuan.agencies.models import Agency
from jiuyuan.oversight.models import FigurePeriod
from jiuyuan.procedures.subjects import moving
from tests.factories import COUNTY, PLATFORM
from tests.oversight.months import a_closed_month, a_new_period, approved, period_of
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _one_below_waits(period: FigurePeriod) -> None:
    """An office below that has not approved its own."""
    above = period.agency
    below = Agency.objects.create(
        code=f"{above.code}099",
        name="某社区",
        level=Agency.Level.COMMUNITY,
        parent=above,
        path=f"{above.path}{above.code}099/",
    )
    begin(a_new_period(below.code))


def begin(period: FigurePeriod) -> None:
    with moving(FigurePeriod):
        period.save()


def _above_approved(period: FigurePeriod) -> None:
    with_state(period_of(COUNTY), "approved")


def with_state(period: FigurePeriod, status: str) -> None:
    """Past the engine: another office's part of the story."""
    period.status, period.approved_on = status, period.closed_on if status == "approved" else None
    with moving(period):
        period.save()


SPECIMENS = {
    ("period", "close"): Specimen(lambda: None, key=lambda _: PLATFORM, carried=lambda _: {"period": a_new_period()}),
    ("period", "approve"): Specimen(a_closed_month),
    ("period", "send_back"): Specimen(lambda: approved(a_closed_month()), {"reason": "退出人数少了一人。"}),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {
    ("period", "below_approved"): _one_below_waits,
    ("period", "not_approved_above"): _above_approved,
}
STANDING: dict[tuple[str, str], Standing] = {
    ("period", "approved"): {"status": "approved", "approved_on": "2026-04-05"},
    ("period", "closed"): {"status": "closed", "approved_on": None},
}
