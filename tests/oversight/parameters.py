"""Parameters for tests: entered, confirmed by somebody else. In force where they are asked for, as after a commit."""

from datetime import timedelta
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.oversight.models import Parameter
from jiuyuan.oversight.parameter_workflow import PARAMETER
from jiuyuan.oversight.provisions_in_force import read_again
from jiuyuan.procedures import engine
from tests.factories import staff

#: What is said with each act that enters one.
SAID: dict[str, dict[str, Any]] = {
    "draft_wage": {
        "figures": "2300 长春市南关区、长春市朝阳区\n2100 长春市公主岭市",
        "since": "2026-02-01",
        "document": "吉政办函〔2026〕1号",
    },
    "draft_limit": {
        "limit": "confirm_again_minutes", "value": 15, "since": "2026-03-03", "document": "吉人社函〔2026〕5号",
    },
    "draft_holidays": {
        "year": 2027,
        "holidays": "2027-01-01至2027-01-03\n2027-02-05至2027-02-11",
        "workdays": "2027-01-30",
        "document": "国办发明电〔2026〕9号",
    },
    "draft_letter": {
        "letter": "claim_refused", "since": "2026-03-03", "document": "长人社函〔2026〕8号",
        "wording": "您于{day}申请的{scheme}（{months}），我们核对和复核后，决定{result}。",
    },
    "draft_text": {"text": "hotline", "lines": "0431-12333", "since": "2026-03-03", "document": "吉人社函〔2026〕6号"},
    "draft_word": {"word": "低保在享", "meaning": "civil_affairs.status.receives", "document": "民政局电话答复"},
}  # fmt: skip


#: What a county enters too.
COUNTYS = ("draft_word", "draft_letter")


def said_today(action: str) -> dict[str, Any]:
    """The same on whatever day it is: what must lie ahead is tomorrow at the earliest."""
    said, tomorrow = SAID[action], (clock.today() + timedelta(days=1)).isoformat()
    return said | {"since": max(said["since"], tomorrow)} if "since" in said and action != "draft_wage" else said


def drafted(action: str = "draft_limit", by: User | None = None, **said: Any) -> Parameter:
    by = by or staff("reviewer" if action in COUNTYS else "province")
    row: Parameter = engine.act(by, PARAMETER, None, action, said_today(action) | said)
    return row


def confirmed(action: str = "draft_limit", by: User | None = None, **said: Any) -> Parameter:
    above = staff("supervisor" if action in COUNTYS and by is None else "province")
    done: Parameter = engine.act(above, PARAMETER, drafted(action, by, **said).pk, "confirm_parameter")
    read_again()  # a test's transaction is never committed
    return done
