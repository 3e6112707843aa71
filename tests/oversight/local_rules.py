"""Rules of a city for tests: drafted, tried, published by somebody else. In force where the day is asked for, as after a commit."""

from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.oversight.local_rule_workflow import LOCAL_RULE
from jiuyuan.oversight.models import LocalRule
from jiuyuan.oversight.provisions_in_force import read_again
from jiuyuan.procedures import engine
from tests.factories import staff

DRAFTED: dict[str, Any] = {
    "title": "长春市就业困难人员认定操作细则",
    "document": "长人社规〔2026〕3号",
    "text": "公示期为五个工作日。",
    "since": "2026-04-01",
    "until": "2026-12-31",
}


def a_rule(by: User | None = None, changes: dict[str, int] | None = None, **said: Any) -> LocalRule:
    """A draft of 长春市 that makes the public notice five working days long, or changes what is said."""
    by = by or staff("supervisor")
    rule = engine.act(by, LOCAL_RULE, None, "draft_rule", DRAFTED | said)
    for name, value in ({"notice_working_days": 5} if changes is None else changes).items():
        rule = engine.act(by, LOCAL_RULE, rule.pk, "set_limit", {"limit": name, "value": value})
    return rule


def tried(by: User | None = None, changes: dict[str, int] | None = None, **said: Any) -> LocalRule:
    by = by or staff("supervisor")
    done: LocalRule = engine.act(by, LOCAL_RULE, a_rule(by, changes, **said).pk, "try_rule")
    return done


def published(by: User | None = None, changes: dict[str, int] | None = None, **said: Any) -> LocalRule:
    by = by or staff("supervisor")
    done: LocalRule = engine.act(staff("province"), LOCAL_RULE, tried(by, changes, **said).pk, "publish_rule")
    read_again()  # a test's transaction is never committed
    return done
