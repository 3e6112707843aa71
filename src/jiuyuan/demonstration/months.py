"""Closed months in a demonstration: one approved by the street, a later change, and targets that do not add up."""

from datetime import date, timedelta

from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Application
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.stories import OfficeStaff, Story, Telling, recognised
from jiuyuan.oversight.figures import closing, registry
from jiuyuan.oversight.models import FigurePeriod
from jiuyuan.oversight.period_workflow import PERIOD
from jiuyuan.oversight.target_workflow import TARGET
from jiuyuan.people import services as people
from jiuyuan.procedures import engine
from jiuyuan.recognitions.workflow import RECOGNITION
from jiuyuan.regions import registry as regions

#: The target of each office, and the responsible person; the city's counties have five fewer than the city.
_WHOLE = (("22", 60, "高处长"), ("2201", 40, "佟局长"), ("2202", 20, "葛局长"))
_BELOW = (("220102", 25, "南科长"), ("220103", 10, "宽科长"))
_SINCE, _BEFORE = 3, 12  # working days: since the month was closed, and before its end


def months(office: OfficeStaff, days: Days, province: User, supervisor: User) -> Story:
    """The last month is closed on its day and approved by the street; targets do not add up."""
    month, ago = closed_month(office, days)
    yield days.at(ago, 6.0, 6.1)
    closing.close_due(days.ago(ago))
    yield days.at(ago, 9.0, 10.0)
    period = FigurePeriod.objects.visible_to(office.clerk).filter(agency=office.platform, month=month).first()
    if period is not None:
        engine.act(office.clerk, PERIOD, period.pk, "approve", {"opinion": "与台账核对一致。"})
    yield days.at(ago - 1)
    said = {"year": days.ago(0).year, "indicator": "entered"}
    for who, given in ((province, _WHOLE), (supervisor, _BELOW)):
        for agency, value, responsible in given:
            engine.act(who, TARGET, None, "set", {**said, "agency": agency, "value": value, "responsible": responsible})


def left_afterwards(c: Telling) -> Story:
    """A person recognised well before a month was closed; a department later says they had left the province in it."""
    month, ago = closed_month(c.office, c.days)
    found_on = registry.month_of(c.office.platform.path, month).until
    yield from recognised(c, c.days.since(found_on) + _BEFORE)
    yield c.days.at(ago - 2)
    person = Application.objects.visible_to(c.office.reviewer).get(number=c.number).person
    people.record_facts(
        c.office.clerk.actor, person, {"moved_out_of_province": True}, source="shared_data",
        evidence="人口库：已迁出本省", department="public_security", observed_on=found_on,
    )  # fmt: skip
    said = {"ground": "left_scope", "on": found_on, "evidence": "公安部门数据：月末前已迁往省外。"}
    engine.act(c.office.reviewer, RECOGNITION, person.recognitions.get().pk, "end", said)


def closed_month(office: OfficeStaff, days: Days) -> tuple[date, int]:
    """The latest month closed some days ago, and how many working days ago its closing day was."""
    wait = timedelta(days=regions.region_of(office.platform.path).limit("period_close_days", on=days.ago(0)))
    month = days.ago(0).replace(day=1)
    while True:
        month = registry.before(month)
        day = registry.month_of(office.platform.path, month).until + wait
        if day <= days.ago(_SINCE) and (ago := days.since(day)) >= _SINCE:
            return month, ago
