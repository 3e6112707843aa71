"""值得看一看 (五(三)): numbers from the record, neutral words, and cases to ask about; and what will be late before it is."""

from datetime import date, timedelta

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Agency
from jiuyuan.history import services as history
from jiuyuan.oversight import patterns as module
from jiuyuan.oversight.patterns import patterns
from jiuyuan.oversight.soon_late import soon_late
from jiuyuan.people import services as people
from jiuyuan.people.models import Document
from tests.factories import a_case, a_clear_photograph, staff
from tests.oversight.orders import an_order
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def low(monkeypatch):
    """The measures low enough for two cases."""
    given = {"pattern_decisions": 2, "pattern_looks": 2, "pattern_seconds": 20, "pattern_quiet_days": 30}
    usual = module._Lately.limit
    monkeypatch.setattr(module._Lately, "limit", lambda self, name: given.get(name) or usual(self, name))


def _by_code(user):
    return {one.code: one for one in patterns(user, DAY)}


def test_an_office_that_never_refuses_and_an_account_that_decides_in_seconds_are_listed_with_their_cases(low):
    supervisor, reviewer = staff("supervisor"), staff("reviewer")
    cases = [a_case("accepted"), a_case("accepted")]
    for case in cases:
        history.append(case.file, reviewer.actor, "recognise", {}, case.area)
    found = _by_code(supervisor)
    [row] = found["never_refuses"].rows
    assert (row.who, row.count) == (reviewer.agency.name, 2)
    assert {case.pk for case in row.cases} == {case.pk for case in cases}
    [row] = found["in_seconds"].rows
    assert (row.count, row.cases) == (1, [cases[1]])
    assert reviewer.name in row.who
    assert not any(one.rows for one in patterns(staff("supervisor", at="2202"), DAY))
    history.append(cases[0].file, reviewer.actor, "reject", {}, cases[0].area)
    assert _by_code(supervisor)["never_refuses"].rows == []


def test_who_looks_without_acting_and_who_is_not_followed_up_and_one_paper_for_two_people_are_listed(low, log_in):
    supervisor, clerk, idle = staff("supervisor"), staff("clerk"), staff("clerk")
    stays = [on_the_register(), on_the_register()]
    case = a_case("accepted")
    for file in (case.file, stays[0].person.file):
        history.looked(idle.actor, file, "档案", case.area)
        history.looked(clerk.actor, file, "档案", case.area)
        history.append(file, clerk.actor, "note", {}, case.area)
    photograph = a_clear_photograph("teal")
    for stay in stays:
        people.add_document(clerk.actor, stay.person, "other", photograph, "证明.jpg")
        type(stay).objects.unscoped().filter(pk=stay.pk).update(recognised_on=DAY - timedelta(days=60))
    found = _by_code(supervisor)
    [row] = found["looks_without_act"].rows
    assert (row.who, row.count, row.cases) == (idle.name, 2, [case])
    [row] = found["never_follows_up"].rows
    assert (row.count, set(row.stays)) == (2, set(stays))
    digest = Document.objects.unscoped().filter(person=stays[0].person, kind="other").get().sha256
    shared = Document.objects.unscoped().filter(sha256=digest).values("person").distinct().count()
    assert [one.count for one in found["one_proof"].rows if one.who == "其他材料"] == [shared]
    page = log_in(supervisor).get("/desk/patterns/").content.decode()
    page = page[page.index('<div class="desk-main') :]
    assert "列在这里不等于有问题" in page
    assert f"/desk/supervision/about/application/{case.pk}/" in page
    assert f"/desk/supervision/about/recognition/{stays[0].pk}/" in page
    for judgement in ("违规", "可疑", "舞弊", "异常"):
        assert judgement not in page


def test_what_falls_due_soon_is_told_by_office_with_its_responsible_before_it_is_late(today):
    supervisor = staff("supervisor")
    case = a_case("accepted")
    Agency.objects.filter(pk=case.agency_id).update(responsible="赵主任")
    order = an_order(case, due_on="2026-03-13")
    assert soon_late(supervisor, clock.today()) == []
    today("2026-03-13")
    [row] = soon_late(supervisor, clock.today())
    assert (row.agency.responsible, row.cases, row.orders) == ("赵主任", 1, 1)
    assert row.first == min(case.due_on, order.due_on)
    assert soon_late(staff("supervisor", at="2202"), clock.today()) == []
    today("2026-04-13")
    assert soon_late(supervisor, clock.today()) == []


def test_a_paper_that_everybody_has_on_file_is_counted_whole_and_shown_with_some_of_them(low, monkeypatch):
    monkeypatch.setattr(module, "_HOLDERS", 2)
    cases = [a_case("accepted") for _ in range(3)]
    for case in cases:
        people.add_document(staff("clerk").actor, case.person, "other", a_clear_photograph("teal"), "证明.jpg")
    [row] = [one for one in _by_code(staff("supervisor"))["one_proof"].rows if one.who == "其他材料"]
    assert row.count == 3
    assert row.cases == cases[:2]
