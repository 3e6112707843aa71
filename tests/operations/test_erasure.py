"""What the law no longer lets an office keep goes by night, by kind, where a length of time is set, and never of whom anything is open."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.applications import replay, services
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.models import Agent, Objection
from jiuyuan.history.models import Entry
from jiuyuan.history.verifying import verify
from jiuyuan.notifications.models import Message
from jiuyuan.operations import erasure, open_matters
from jiuyuan.operations.models import MaintenanceRun
from jiuyuan.people import documents
from jiuyuan.people.models import Document, HouseholdMember
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.refusals import NotFound
from jiuyuan.regions import registry
from tests.applications.test_outreach import a_list, a_row, leads, screened
from tests.factories import (
    a_case,
    a_signed_request,
    act,
    an_applicant,
    an_id_number,
    does,
    move_to,
    staff,
    verify_facts,
)

pytestmark = pytest.mark.django_db
LATER = date(2028, 3, 3)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Sets how many months kinds are kept: everywhere, or at a place alone."""
    monkeypatch.setattr(registry, "_own", [])

    def keep(months: int, *kinds: str, place: str = "") -> None:
        own = tmp_path / "limits.toml"
        said = 'effective_on = 2026-01-01\nsource = "省厅通知"\n' + (f'region = "{place}"\n' if place else "")
        own.write_text("".join(f"[[keep_{kind}_months]]\nvalue = {months}\n{said}" for kind in kinds), "utf-8")
        registry.extend(own)
        registry.region_of.cache_clear()

    yield keep
    registry._own.clear()
    registry.region_of.cache_clear()


def a_withdrawn_case() -> Any:
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(), clerk=clerk)
    return act(clerk, case, "withdraw")


def in_order() -> list[str]:
    return [*verify(), *replay.verify_state(lambda _done: None, Counter())]


def test_nothing_is_erased_where_no_length_of_time_is_set() -> None:
    a_withdrawn_case()
    move_to(LATER)
    assert erasure.erase_due(clock.today()) == 0
    assert not MaintenanceRun.objects.exists()


@pytest.mark.parametrize(("place", "erased"), [("22", 3), ("2201", 3), ("220102", 3), ("220204", 0)])
def test_months_that_stand_for_one_place_alone_hold_there(kept: Any, place: str, erased: int) -> None:
    a_withdrawn_case()
    kept(12, "papers", place=place)
    move_to(LATER)
    assert erasure.erase_due(clock.today()) == erased


def test_papers_of_whom_nothing_is_open_go_when_their_months_are_over_and_their_digest_stays_in_the_record(
    kept: Any,
) -> None:
    over, running = a_withdrawn_case(), a_case("accepted")
    papers = list(Document.objects.unscoped().filter(person=over.person))
    content = documents.read(papers[0].stored_as)
    kept(24, "papers")
    move_to(date(2028, 3, 1))
    assert erasure.erase_due(clock.today()) == 0  # a day short
    assert documents.read(papers[0].stored_as) == content
    move_to(LATER)
    assert erasure.erase_due(clock.today()) == len(papers)
    assert erasure.erase_due(clock.today()) == 0
    for paper in papers:
        name = str(paper.stored_as)
        assert not (settings.JIUYUAN.data / "documents" / name[:2] / name).exists()
        paper.refresh_from_db()
        with pytest.raises(NotFound, match="保存期限"):
            documents.read(paper.stored_as)
    for paper in Document.objects.unscoped().filter(person=running.person):
        assert documents.read(paper.stored_as)
    [entry] = Entry.objects.of(over.person.file).filter(action="erased")
    assert entry.actor == "night"
    assert {row["erased"] for row in entry.payload["state"].values()} == {paper.sha256 for paper in papers}
    assert in_order() == []


def test_names_and_numbers_of_others_go_once_the_case_is_over_and_the_proof_of_the_record_holds(kept: Any) -> None:
    clerk = staff("clerk")
    case = a_case("accepted", an_applicant(categories=("zero_employment_family",)), clerk=clerk)
    son = {
        "name": "王大军",
        "id_number": an_id_number("1990-01-01", "male"),
        "relation": "儿子",
        "phone": "13900001234",
    }
    services.save(clerk, case.number, agent=son)
    case = act(clerk, verify_facts(clerk, case), "first_review_pass")
    act(None, case, "object", ground="他上班了，天天都去", name="张先生", contact="13900000000")
    case = act(clerk, case, "settle_objection", upheld=False, finding="没有上班。")
    kept(12, "objectors", "household", "messages", "agents")
    move_to(LATER)
    assert erasure.erase_due(clock.today()) == 0  # the case is open
    act(clerk, case, "withdraw", reason="书面申请撤回", request=a_signed_request(clerk, case))
    told = Message.objects.unscoped().filter(about=case.person.file).count()
    assert erasure.erase_due(clock.today()) == 0  # over, and not long enough
    move_to(date(2029, 3, 5))
    assert erasure.erase_due(clock.today()) == 3 + told
    [objection], [agent], [member] = (m.objects.unscoped() for m in (Objection, Agent, HouseholdMember))
    assert (objection.name, objection.contact, objection.finding) == ("", "", "没有上班。")
    assert (agent.name, agent.id_number, agent.phone, agent.relation) == ("", "", "", "儿子")
    assert (member.name, member.id_number, member.id_index, member.relation) == ("", None, "", "配偶")
    assert not Message.objects.unscoped().filter(about=case.person.file).exists()
    assert in_order() == []
    assert erasure.erase_due(clock.today()) == 0
    agent.name = "王大军"
    agent.save()
    assert len(in_order()) == 1


def test_who_was_called_and_did_not_apply_is_forgotten_and_who_waits_for_a_call_is_not(kept: Any) -> None:
    screened(a_list(a_row("王秀兰"), a_row("李秀兰", number=2)))
    one, other = leads()
    does(LEAD, "dismiss")(staff("clerk"), one.pk, because="不想申请")
    kept(6, "leads")
    move_to(LATER)
    assert erasure.erase_due(clock.today()) == 1
    one.refresh_from_db()
    assert (one.name, one.id_number, one.phone, one.facts, one.closed_because) == ("", "", None, {}, "")
    other.refresh_from_db()
    assert other.name == "李秀兰"
    assert in_order() == []


def test_every_workflow_says_whether_a_person_of_its_own_waits_for_it() -> None:
    named = [*open_matters.MATTERS, *open_matters.OVER_WITH_THE_STAY, *open_matters.NOBODYS]
    assert sorted(named) == sorted(WORKFLOWS)


def test_the_province_reads_how_long_each_kind_is_kept_and_what_was_erased(client: Any, kept: Any) -> None:
    kept(24, "papers")
    MaintenanceRun.objects.create(kind="erasure", began_at=clock.now(), ended_at=clock.now(), figures={"papers": 7})
    client.force_login(staff("province"), backend="jiuyuan.agencies.backends.WithAgency")
    page = client.get(reverse("desk:erasure")).content.decode()
    assert "24个月" in page and "省厅通知" in page and "材料原件7项" in page
    assert "由省级在“参数”页写明" in page
