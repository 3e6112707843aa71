"""An agency merged into another: what is open goes on there, each file says so, and a later act undoes it."""

from collections import Counter

import pytest

from jiuyuan.agencies.models import Agency
from jiuyuan.agencies.queries import platform_for
from jiuyuan.applications import replay as cases_replay
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Entry
from jiuyuan.oversight import merged_agencies
from jiuyuan.people.models import Person
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound
from tests.factories import OTHER_PLATFORM, PLATFORM, a_case, an_applicant, staff

pytestmark = pytest.mark.django_db

INTO = "220102002"
DOCUMENT = "长府函〔2026〕3号"


def agency(code: str) -> Agency:
    return Agency.objects.get(code=code)


def merged(by=None) -> Agency:
    return merged_agencies.merge(by or staff("supervisor"), agency(PLATFORM), INTO, DOCUMENT)


def test_cases_people_the_register_and_accounts_come_along_and_the_other_office_goes_on():
    clerk = staff("clerk")
    case, recognised = a_case("accepted", clerk=clerk), a_case("recognised", an_applicant("1985-04-02", name="肖月华"))
    assert not Application.objects.visible_to(staff("clerk", at=INTO)).exists()
    target = merged()
    there = staff("clerk", at=INTO)
    found = Application.objects.visible_to(there).get(pk=case.pk)
    assert (found.agency.code, found.area) == (INTO, target.path)
    assert Person.objects.visible_to(there).filter(pk__in=(case.person_id, recognised.person_id)).count() == 2
    assert Recognition.objects.unscoped().get().area == target.path
    clerk.refresh_from_db()
    assert clerk.agency == target
    assert platform_for(PLATFORM) == target
    closed = agency(PLATFORM)
    assert closed.closed_on is not None
    acts = Entry.objects.of(case.file).order_by("-seq")
    assert (acts[0].action, acts[0].payload["reason"]) == ("agency_merged", DOCUMENT)


def test_the_record_still_replays_into_the_tables():
    a_case("accepted")
    a_case("recognised", an_applicant("1985-04-02", name="肖月华"))
    merged()
    uncompared: Counter[str] = Counter()
    assert list(cases_replay.verify_state(lambda done: None, uncompared)) == []


def test_a_merger_is_undone_and_what_began_since_stays():
    case = a_case("accepted")
    target = merged()
    since = a_case("submitted", an_applicant("1985-04-02", platform=INTO), clerk=staff("clerk", at=INTO))
    merged_agencies.part(staff("supervisor"), agency(PLATFORM), "撤并方案调整。")
    back = Application.objects.unscoped().get(pk=case.pk)
    assert (back.agency.code, back.area) == (PLATFORM, agency(PLATFORM).path)
    assert Application.objects.unscoped().get(pk=since.pk).area == target.path
    assert agency(PLATFORM).closed_on is None
    assert platform_for(PLATFORM) == agency(PLATFORM)
    assert merged_agencies.merged_into(agency(PLATFORM)) is None
    with pytest.raises(GuardNotMet):
        merged_agencies.part(staff("supervisor"), agency(PLATFORM), "再来一次。")


def test_whom_it_touches_is_counted_beforehand():
    a_case("accepted")
    counts = {one.what: one.count for one in merged_agencies.whom_it_touches(agency(PLATFORM))}
    assert (counts["申请"], counts["账号"]) == (1, 1)


@pytest.mark.parametrize(
    ("into", "document", "field"),
    [("999", "文", "into"), ("220102", "文", "into"), (PLATFORM, "文", "into"), (INTO, " ", "document")],
)
def test_what_cannot_be_is_refused_with_its_field(into, document, field):
    with pytest.raises(BadInput) as refusal:
        merged_agencies.merge(staff("supervisor"), agency(PLATFORM), into, document)
    assert field in dict(refusal.value.errors)


def test_only_those_above_both_merge_platforms_alone():
    with pytest.raises(NotFound):
        merged_agencies.merge(staff("supervisor", at="2202"), agency(PLATFORM), INTO, DOCUMENT)
    with pytest.raises(BadInput):
        merged_agencies.merge(staff("supervisor"), agency(PLATFORM), OTHER_PLATFORM, DOCUMENT)
    with pytest.raises(NotForRole):
        merged_agencies.merge(staff("reviewer"), agency(PLATFORM), INTO, DOCUMENT)
    with pytest.raises(GuardNotMet):
        merged_agencies.merge(staff("province"), agency("220102"), "220103", DOCUMENT)
