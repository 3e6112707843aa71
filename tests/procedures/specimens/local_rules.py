"""Rules of a city."""

from datetime import date
from typing import Any

from jiuyuan.oversight.models import LocalRule
from jiuyuan.procedures.who_acted import accounts_in
from tests.factories import staff
from tests.oversight.local_rules import DRAFTED, a_rule, published, tried
from tests.procedures.specimens.specimen import Broken, Specimen, Standing


def _set(**columns: Any) -> Broken:
    def change(rule: LocalRule) -> None:
        LocalRule.objects.unscoped().filter(pk=rule.pk).update(**columns)

    return change


def _over() -> LocalRule:
    rule = published()
    _set(since=date(2026, 1, 1), until=date(2026, 3, 1))(rule)
    return LocalRule.objects.unscoped().get(pk=rule.pk)


def _another(_rule: LocalRule) -> None:
    published(staff("supervisor"), since="2026-06-01")


_LIMIT = {"limit": "notice_working_days"}
SPECIMENS = {
    ("local_rule", "draft_rule"): Specimen(lambda: None, DRAFTED),
    ("local_rule", "revise_rule"): Specimen(a_rule, DRAFTED),
    ("local_rule", "set_limit"): Specimen(a_rule, {**_LIMIT, "value": 6}),
    ("local_rule", "leave_limit"): Specimen(a_rule, _LIMIT),
    ("local_rule", "try_rule"): Specimen(a_rule),
    ("local_rule", "publish_rule"): Specimen(
        tried, before=lambda rule: accounts_in(rule.file, "local_rule_drafted").get()
    ),
    ("local_rule", "withdraw_rule"): Specimen(published, {"reason": "另有新规定。"}),
    ("local_rule", "expire_rule"): Specimen(_over),
}  # fmt: skip
BROKEN: dict[tuple[str, str], Broken] = {
    ("local_rule", "tried"): _set(tried_on=None),
    ("local_rule", "begins_ahead"): _set(since=date(2026, 3, 2)),
    ("local_rule", "not_below"): _set(changes={"notice_working_days": 2}),
    ("local_rule", "one_at_a_time"): _another,
    ("local_rule", "changes_something"): _set(changes={}),
}
_PUBLISHED = {"published_on": date(2026, 3, 2)}
STANDING: dict[tuple[str, str], Standing] = {
    ("local_rule", state): {"status": state, **_PUBLISHED} for state in ("published", "expired")
}
