"""Adding a state is one edit of the table: list, page, line of steps, API, record and document show it, and it moves."""

from dataclasses import replace

import pytest
from django.urls import reverse

from jiuyuan.agencies.roles import Role
from jiuyuan.applications import queries
from jiuyuan.applications.queries import CaseFilters
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.history.models import Entry
from jiuyuan.procedures import engine
from jiuyuan.procedures.checks import faults
from jiuyuan.procedures.documents import document
from jiuyuan.procedures.table import NOTHING, Need, Procedure, State, Transition
from jiuyuan.refusals import BadInput, WrongState
from tests.api.program import Program
from tests.factories import a_case, again, an_account, seen_by, staff

pytestmark = pytest.mark.django_db

_CLERK = frozenset({Role.CLERK})
STATE = State(
    "asked_outside", "外地核查中", step="first_review_pass", note="等外地回函",
    title="正在向外地核实", text="{agency}已发函，收到回函后继续办理。{due}",
)  # fmt: skip
THERE = Transition(
    "ask_outside", "发函核查", frozenset({"accepted"}), ("asked_outside",), _CLERK, "一(三)",
    needs=(Need("place", "发往哪里"),), effect=NOTHING, done="向外地发函核查", message="您的申请（{number}）正在向{place}核实。",
)  # fmt: skip
BACK = Transition(
    "answered_outside", "收到回函", frozenset({"asked_outside"}), ("accepted",), _CLERK, "一(三)", effect=NOTHING,
    done="收到外地回函", emphasis="main",
)  # fmt: skip


@pytest.fixture
def longer(monkeypatch):
    """The one edit: a state and the two lines that lead there and back."""
    table: Procedure = APPLICATION.of()
    withdraw = table.by_action["withdraw"]
    withdraw = replace(withdraw, sources=withdraw.sources | {"asked_outside"})
    moves = (*(withdraw if t.action == "withdraw" else t for t in table.transitions), THERE, BACK)
    changed = replace(table, states=(*table.states, STATE), transitions=moves)
    assert list(faults(APPLICATION, changed)) == []
    monkeypatch.setitem(APPLICATION.procedures, table.region, changed)


@pytest.mark.usefixtures("longer")
def test_a_new_state_is_one_edit(log_in):
    account, clerk = an_account(), staff("clerk")
    case = a_case("accepted", by=account, clerk=clerk)
    with pytest.raises(BadInput):
        engine.act(clerk, APPLICATION, case.number, "ask_outside")
    engine.act(clerk, APPLICATION, case.number, "ask_outside", {"place": "沈阳市"})
    assert again(case).status == "asked_outside"
    assert again(case).is_open
    desk = log_in(clerk)
    shown = desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert "外地核查中" in shown
    assert "收到回函" in shown
    assert "等外地回函" in shown
    assert "外地核查中" in desk.get(reverse("desk:inbox") + "?state=asked_outside").content.decode()
    assert queries.counts(clerk, CaseFilters())["asked_outside"] == 1
    mine = log_in(account).get(reverse("portal:progress", args=[case.number])).content.decode()
    assert "正在向外地核实" in mine
    assert "已发函" in mine
    from jiuyuan.agencies.services import issue_token

    api = Program(issue_token(clerk))
    seen = api.get(f"/applications/{case.number}").json()
    assert (seen["status"], seen["status_label"]) == ("asked_outside", "外地核查中")
    assert set(seen["actions"]) == {"answered_outside", "withdraw"}
    with pytest.raises(WrongState, match="外地核查中"):
        engine.act(clerk, APPLICATION, case.number, "first_review_pass")
    done = api.post(f"/applications/{case.number}/answered_outside", {"version": seen["version"]})
    assert done.json()["status"] == "accepted"
    acts = list(Entry.objects.unscoped().filter(file=case.file).values_list("action", flat=True))
    assert acts[-2:] == ["ask_outside", "answered_outside"]
    assert [offer.transition.action for offer in engine.offered(APPLICATION, seen_by(clerk, case))].count(
        "ask_outside"
    ) == 1
    assert "accepted --> asked_outside: ask_outside" in document()
