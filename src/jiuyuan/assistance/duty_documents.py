"""Renders the table of duties (docs/duties.md)."""

from jiuyuan import clock
from jiuyuan.agencies.roles import Role
from jiuyuan.assistance.duties import DUTIES
from jiuyuan.assistance.duty import Duty
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.regions import registry

_HEAD = """# Duties

What is due, as `jiuyuan duties` writes it from the table (`assistance/duties.py`). Do not edit: a test compares.

A duty is a query: nobody ticks it, and each act that settles it takes it off the list in the same transaction. Where the last
column says so a note settles it too (已用其他方式办理). The list of a day that is over (`/desk/today/?on=`, `GET /duties?on=`) shows
what stood open at its end; where the table says no, only today is known, because what it reads keeps its last state alone.
What a duty would cause with other limits: `jiuyuan duties --try interview --limit needs_due_days=5`.

| duty | for whom | due | settled by | role | clause | past days | with a note |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def document() -> str:
    """The table as Markdown, with today's limits and clauses of the home region."""
    return _HEAD + "\n".join(_row(duty) for duty in DUTIES) + "\n"


def _row(duty: Duty) -> str:
    home, table = registry.home(), WORKFLOWS[duty.workflow].of()
    acts = [table.by_action[action] for action in duty.settles]
    roles = [role.value for role in Role if role in duty.roles_at(home.path)]
    cells = (
        f"`{duty.code}` {duty.label}", duty.whom, duty.when_in(home, clock.today()),
        "、".join(f"{act.label} `{duty.workflow}.{act.action}`" for act in acts), ", ".join(roles), acts[0].clause,
        "yes" if duty.past else "no", "yes" if duty.otherwise else "no",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
