"""Calling somebody who has not applied: each call is kept, answers become declared facts, and a day to call again comes up."""

import pytest

from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.models import Application, Extract, Lead
from jiuyuan.history.models import Entry
from jiuyuan.procedures import bulk
from tests import factories
from tests.desk.reading import links, rows, words


@pytest.fixture
def lead(db, clerk, reviewer):
    person = factories.an_applicant(name="邵畅")
    extract = Extract.objects.create(
        provider="失业登记系统", file_name="x.csv", sha256="", observed_on="2026-03-01", agency=clerk.agency,
        area=clerk.agency.path, by=reviewer, at="2026-03-01T08:00:00Z",
    )  # fmt: skip
    found = Lead(
        extract=extract, row=2, agency=clerk.agency, area=clerk.agency.path, name=person.name, id_number=person.id_number,
        id_index=person.id_index, phone="13911112222", outcome="undetermined", categories=["older"],
        missing=["wants_work", "unemployed_since"], facts={"able_to_work": True},
    )  # fmt: skip
    bulk.act_many(LEAD, "worker", "find", [(LEAD.hold(found, None), {})])
    return found


def where(lead):
    return f"/desk/leads/{lead.pk}/"


def test_a_call_is_kept_with_its_result_and_comes_up_again_on_its_day(desk, clerk, lead, today):
    page = desk.post(
        where(lead), {"call": "1", "result": "no_answer", "note": "响了很久", "again_on": "2026-03-04"}, follow=True
    )
    assert "已记下与邵畅的联系。" in words(page)
    assert "没有人接 响了很久" in words(page)
    assert rows(desk.get("/desk/leads/?status=new&again=1")) == 0
    today("2026-03-04")
    assert rows(desk.get("/desk/leads/?status=new&again=1")) == 1
    assert "该打了" in words(desk.get("/desk/leads/"))
    assert Entry.objects.unscoped().filter(file=lead.file, action="lead_called").get().actor == clerk.username


def test_answers_become_declared_facts_of_the_draft_which_leads_on_to_the_form(desk, clerk, lead):
    desk.post(
        where(lead),
        {"call": "1", "result": "reached", "fact-wants_work": "true", "fact-unemployed_since": "2025-05-01"},
    )
    assert "2025-05-01" not in Entry.objects.unscoped().filter(file=lead.file, action="lead_called").get().payload
    done = desk.post(where(lead), {"phone": "13911112222", "address": ""}, follow=True)
    case = Application.objects.unscoped().get(person__name="邵畅")
    known = factories.seen_by(None, case).known
    assert (known["wants_work"].value, known["wants_work"].best.source) == (True, "declared")
    assert known["unemployed_since"].value == "2025-05-01"
    assert any(url == f"/desk/cases/{case.number}/edit/" for url, _ in links(done))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"result": ""}, "请选择打通了没有"),
        ({"result": "reached", "again_on": "2026-03-01"}, "应晚于今天"),
        ({"result": "reached", "fact-unemployed_since": "去年"}, "本次失业起始日期"),
    ],
)
def test_what_cannot_be_is_named_and_what_was_typed_stays(desk, lead, said, why):
    page = desk.post(where(lead), {"call": "1", "note": "本人在外地", **said})
    assert page.status_code == 422
    assert why in words(page)
    assert "本人在外地" in page.content.decode()
    assert not lead.calls.exists()
