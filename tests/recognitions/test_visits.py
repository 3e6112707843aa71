"""Visits at home (四(一) 定期组织入户调查摸底): nothing lost, nothing doubled, and facts only when a clerk confirms them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.history import sealing
from jiuyuan.history.models import Entry, Look
from jiuyuan.people import services as people
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Document, Person
from jiuyuan.procedures import engine
from jiuyuan.procedures.subjects import moving
from jiuyuan.recognitions import visiting, visits_due
from jiuyuan.recognitions.models import InvestigationEvidence, Recognition, Visit
from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.recognitions.visiting import Brought
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, WrongState
from jiuyuan.rules.facts import FACTS, in_order
from tests.factories import OTHER_PLATFORM, a_photograph, act_on, staff
from tests.recognitions.register import on_the_register

pytestmark = pytest.mark.django_db


def written_down(person: Person, **changes: Any) -> Brought:
    said: dict[str, Any] = {
        "uid": str(uuid4()),
        "person": person.pk,
        "visited_on": clock.today().isoformat(),
        "place": "民康路1号",
        "found": {"wants_work": True, "income_stable": False},
        "remarks": "在家带孩子，想找半天的活。",
    }
    return Brought(**said | changes)


def what_stands(person: Person, name: str) -> Any:
    return standing(person.facts.all())[name]


def seen_now(person: Person) -> dict[str, Any]:
    return {name: item.value for name, item in standing(person.facts.all()).items() if FACTS[name].findable}


def confirmed(clerk: User, visit: Visit, **choices: Any) -> Visit:
    settlement = choices.pop("settlement", "")
    evidence = choices.pop("as_evidence", False)
    return confirm(clerk, visit.pk, choices=choices, settlement=settlement, as_evidence=evidence)


def confirm(clerk: User, pk: int, version: object = engine.UNSEEN, **said: Any) -> Visit:
    found: Visit = engine.act(clerk, VISIT, pk, "confirm", said, version=version)
    return found


def discard(user: User, pk: int, reason: str) -> Visit:
    found: Visit = engine.act(user, VISIT, pk, "discard", {"reason": reason})
    return found


def test_a_clerk_takes_along_people_of_the_area_with_what_is_answered_today_and_each_look_is_recorded() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    [(found, answers)] = visiting.taken_along(clerk, [person.pk])
    assert found == person
    assert answers["wants_work"] is True
    assert set(answers) <= set(in_order("findable"))
    look = Look.objects.unscoped().get(file=person.file, actor=clerk.username)
    assert (look.what, look.unmasked) == ("带走走访名单", True)


def test_whoever_lives_elsewhere_cannot_be_taken_along_and_only_clerks_take_anybody() -> None:
    person = on_the_register().person
    assert visiting.taken_along(staff("clerk", at=OTHER_PLATFORM), [person.pk]) == []
    assert not Look.objects.unscoped().filter(file=person.file, what="带走走访名单").exists()
    with pytest.raises(NotForRole, match="由基层经办人办理"):
        visiting.taken_along(staff("reviewer"), [person.pk])
    with pytest.raises(BadInput, match="人太多"):
        visiting.taken_along(staff("clerk"), list(range(1, visiting.MOST_TAKEN_ALONG + 2)))
    with pytest.raises(BadInput, match="没有选人"):
        visiting.taken_along(staff("clerk"), [])


def test_what_was_found_on_a_visit_is_a_draft_and_changes_no_fact() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    before = person.facts.count()
    visit = visiting.receive(clerk, written_down(person), [("门口.jpg", a_photograph())])
    assert (visit.status, visit.by_name, person.facts.count()) == ("draft", clerk.name, before)
    assert visit.photos.get().document.kind == "site_visit_photo"
    assert Entry.objects.unscoped().filter(file=person.file, action="visit_received").count() == 1


def test_a_visit_that_is_sent_again_is_not_doubled() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    brought = written_down(person)
    first = visiting.receive(clerk, brought, [("门口.jpg", a_photograph())])
    assert visiting.receive(clerk, brought, [("门口.jpg", a_photograph())]).pk == first.pk
    confirmed(clerk, first, wants_work="take", income_stable="take")
    assert visiting.receive(clerk, brought).status == "confirmed"
    assert Visit.objects.unscoped().count() == 1
    assert Document.objects.unscoped().filter(person=person, kind="site_visit_photo").count() == 1


def test_nobody_takes_over_the_number_of_anothers_visit() -> None:
    brought = written_down(on_the_register().person)
    visiting.receive(staff("clerk"), brought)
    with pytest.raises(Conflict, match="已由别人用过"):
        visiting.receive(staff("clerk"), brought)


def test_a_visit_to_somebody_outside_the_area_or_by_somebody_who_visits_nobody_is_not_kept() -> None:
    person = on_the_register().person
    with pytest.raises(NotFound):
        visiting.receive(staff("clerk", at=OTHER_PLATFORM), written_down(person))
    with pytest.raises(NotForRole):
        visiting.receive(staff("reviewer"), written_down(person))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uid": "7"}, "uid"),
        ({"visited_on": "3月2日"}, "visited_on"),
        ({"visited_on": "2099-01-01"}, "visited_on"),
        ({"visited_on": "1970-01-01"}, "visited_on"),
        ({"found": {"insured_by_employer": True}}, "insured_by_employer"),
        ({"found": {"wants_work": "也许"}}, "wants_work"),
        ({"found": {"monthly_income": -1}}, "monthly_income"),
        ({"nobody_home": True}, "nobody_home"),
        ({"found": {}, "remarks": " "}, "remarks"),
        ({"remarks": "很" * 2001}, "remarks"),
    ],
)
def test_what_cannot_be_used_is_named_by_field(changes: dict[str, Any], field: str) -> None:
    clerk, person = staff("clerk"), on_the_register().person
    with pytest.raises(BadInput) as refusal:
        visiting.receive(clerk, written_down(person, **changes))
    assert [name for name, _ in refusal.value.errors] == [field]
    assert not Visit.objects.unscoped().exists()


def test_a_bad_photograph_keeps_nothing_of_the_visit_so_that_it_can_be_sent_again() -> None:
    clerk, brought = staff("clerk"), written_down(on_the_register().person)
    with pytest.raises(BadInput, match="材料不能用"):
        visiting.receive(clerk, brought, [("好.jpg", a_photograph()), ("坏.jpg", b"not a picture")])
    assert not Visit.objects.unscoped().exists()
    assert visiting.receive(clerk, brought).status == "draft"


@pytest.mark.django_db(transaction=True)
def test_the_same_visit_sent_by_two_windows_at_once_is_one() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    brought = written_down(person)

    def send(_: int) -> int:
        try:
            return visiting.receive(clerk, brought).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as windows:
        received = set(windows.map(send, range(4)))
    assert len(received) == 1
    assert Visit.objects.unscoped().count() == 1
    assert list(sealing.verify()) == []


def test_confirmed_by_a_clerk_it_becomes_facts_with_the_visit_as_their_source() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    visit = visiting.receive(clerk, written_down(person, seen=seen_now(person)), [("门口.jpg", a_photograph())])
    done = confirmed(clerk, visit, wants_work="take", income_stable="leave")
    fact = what_stands(person, "wants_work").best
    assert (fact.source, fact.observed_on, fact.evidence) == (
        "site_visit", visit.visited_on, f"{clerk.name}入户走访（民康路1号）",
    )  # fmt: skip
    assert fact.document == visit.photos.get().document
    assert what_stands(person, "income_stable").best.source != "site_visit"
    assert (done.status, done.taken, done.decided_by_name) == ("confirmed", ["wants_work"], clerk.name)
    with pytest.raises(WrongState):
        confirmed(clerk, visit, wants_work="take", income_stable="take")


def test_a_verified_record_that_says_otherwise_is_shown_and_is_not_overruled_in_silence() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    visit = visiting.receive(clerk, written_down(person, found={"income_stable": True}, seen=seen_now(person)))
    [finding] = visiting.findings(visit)
    assert finding.conflicts == ("与已核实的记录不一致",)
    with pytest.raises(BadInput, match="有内容需要改正") as refusal:
        confirmed(clerk, visit, income_stable="take")
    assert refusal.value.errors == [("income_stable", "请选择“是否有稳定收入”是否采用。")]
    confirmed(clerk, visit, income_stable="beside")
    now = what_stands(person, "income_stable")
    assert now.contradicted
    assert now.value is None


def test_whoever_settles_a_conflict_says_why() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    visit = visiting.receive(clerk, written_down(person, found={"income_stable": True}, seen=seen_now(person)))
    with pytest.raises(BadInput) as refusal:
        confirmed(clerk, visit, income_stable="settle")
    assert [name for name, _ in refusal.value.errors] == ["settlement"]
    confirmed(clerk, visit, income_stable="settle", settlement="本人出示了每月的转账，社保数据还是去年的。")
    assert what_stands(person, "income_stable").value is True


def test_what_changed_since_the_list_was_taken_is_a_conflict() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    seen = seen_now(person)
    people.record_facts(clerk.actor, person, {"urban_resident": True}, source="declared")
    visit = visiting.receive(clerk, written_down(person, found={"urban_resident": False}, seen=seen))
    [finding] = visiting.findings(visit)
    assert finding.conflicts == ("从准备走访到现在，记录有过变动",)


def test_without_a_list_what_stood_when_the_visit_was_written_down_is_compared() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    visit = visiting.receive(clerk, written_down(person, found={"income_stable": True, "urban_resident": True}))
    assert [finding.conflicts for finding in visiting.findings(visit)] == [(), ("与已核实的记录不一致",)]
    people.record_facts(clerk.actor, person, {"urban_resident": False}, source="declared")
    assert visiting.findings(visit)[0].conflicts == ("从准备走访到现在，记录有过变动",)


def test_what_changed_between_looking_and_confirming_is_looked_at_again() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    visit = visiting.receive(clerk, written_down(person))
    stood = visiting.stand(visit)
    people.record_facts(clerk.actor, person, {"urban_resident": True}, source="declared")
    with pytest.raises(Conflict, match="刚刚有变动"):
        confirm(clerk, visit.pk, choices={"wants_work": "take", "income_stable": "take"}, version=stood)


def test_what_is_not_used_is_kept_with_the_reason() -> None:
    clerk, person = staff("clerk"), on_the_register().person
    visit = visiting.receive(clerk, written_down(person))
    with pytest.raises(BadInput):
        discard(clerk, visit.pk, " ")
    discard(clerk, visit.pk, "走错了门。")
    visit.refresh_from_db()
    assert (visit.status, visit.reason) == ("discarded", "走错了门。")
    assert what_stands(person, "wants_work").best.source != "site_visit"


def test_only_a_clerk_of_the_area_decides_on_a_visit() -> None:
    visit = visiting.receive(staff("clerk"), written_down(on_the_register().person))
    with pytest.raises(NotFound):
        discard(staff("clerk", at=OTHER_PLATFORM), visit.pk, "走错了门。")
    with pytest.raises(NotForRole):
        discard(staff("reviewer"), visit.pk, "走错了门。")


def test_a_visit_can_be_evidence_in_the_open_investigation() -> None:
    clerk, stay = staff("clerk"), on_the_register()
    visit = visiting.receive(clerk, written_down(stay.person), [("摊位.jpg", a_photograph())])
    with pytest.raises(BadInput, match="没有正在进行的调查"):
        confirmed(clerk, visit, wants_work="take", income_stable="take", as_evidence=True)
    act_on("investigate", clerk, stay.pk, cause="有人反映其在市场摆摊。")
    confirmed(clerk, visit, wants_work="take", income_stable="take", as_evidence=True)
    evidence = InvestigationEvidence.objects.unscoped().get()
    assert "是否有稳定收入：否" in evidence.note
    assert (evidence.place, evidence.document) == ("民康路1号", visit.photos.get().document)


def whom(clerk: User, **narrowed: str) -> list[str]:
    rows, _ = visits_due.page_of(visits_due.to_visit(clerk, **narrowed), "")
    return [row.person.name for row in rows]


def visited(clerk: User, stay: Recognition, days_ago: int, **changes: Any) -> None:
    day = (clock.today() - timedelta(days=days_ago)).isoformat()
    visiting.receive(clerk, written_down(stay.person, visited_on=day, **changes))


def test_who_is_investigated_comes_first_then_whom_something_awaits_then_the_longest_not_visited() -> None:
    clerk = staff("clerk")
    names = ("甲查", "乙警", "丙从未", "丁久", "戊近")
    stays = {name: on_the_register(name=name) for name in reversed(names)}
    act_on("investigate", clerk, stays["甲查"].pk, cause="有人反映。")
    stays["乙警"].warnings.create(kind="age", due_on=clock.today())
    visited(clerk, stays["丁久"], 30)
    visited(clerk, stays["戊近"], 2)
    visited(clerk, stays["丙从未"], 1, nobody_home=True, found={})
    assert whom(clerk) == list(names)
    assert whom(staff("reviewer")) == list(names)
    assert whom(staff("clerk", at=OTHER_PLATFORM)) == []
    with pytest.raises(NotForRole):
        whom(staff("supervisor"))


def test_the_list_goes_on_by_key_and_can_be_narrowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits_due, "PAGE", 2)
    clerk = staff("clerk")
    stays = [
        on_the_register(name=name, address=f"{road}路1号")
        for name, road in (("甲", "民康"), ("乙", "大经"), ("丙", "民康"))
    ]
    visited(clerk, stays[0], 5)
    rows = visits_due.to_visit(clerk)
    first, cursor = visits_due.page_of(rows, "")
    second, end = visits_due.page_of(rows, cursor or "")
    assert [row.person.name for row in (*first, *second)] == ["乙", "丙", "甲"]
    assert end is None
    assert visits_due.days_since(second[0].last) == 5
    assert visits_due.days_since(first[0].last) is None
    assert len(visits_due.page_of(rows, "nonsense")[0]) == 2
    assert whom(clerk, address="民康路") == ["丙", "甲"]
    assert whom(clerk, agency=OTHER_PLATFORM) == []
    assert whom(clerk, agency=stays[0].person.agency.code)[0] == "乙"


def test_somebody_who_left_the_register_is_visited_no_more() -> None:
    stay = on_the_register()
    with moving(Recognition):
        Recognition.objects.unscoped().filter(pk=stay.pk).update(
            status="ended", ground="withdrew_or_refused", ended_on=date(2026, 3, 2), evidence="本人申请"
        )
    assert whom(staff("clerk")) == []
