"""Orders of supervision for tests."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.oversight.models import SupervisionOrder
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.procedures import engine
from tests.factories import a_case, staff

ASKED: dict[str, Any] = {"kind": "hasten", "question": "受理已久，为什么还没有公示？", "due_on": "2030-01-02"}


def an_order(case: Application | None = None, by: User | None = None, **said: Any) -> SupervisionOrder:
    """Asked by a supervisor of the platform that handles the case."""
    case = case or a_case("accepted")
    words = ASKED | {"to": case.agency.code} | said
    done: SupervisionOrder = engine.act(
        by or staff(Role.SUPERVISOR), SUPERVISION, f"application:{case.pk}", "supervise", words
    )
    return done


def answered(order: SupervisionOrder | None = None, by: User | None = None) -> SupervisionOrder:
    order = order or an_order()
    done: SupervisionOrder = engine.act(
        by or staff(Role.CLERK, at=order.agency.code),
        SUPERVISION,
        order.pk,
        "answer_supervision",
        {"answer": "明天公示。"},
    )
    return done
