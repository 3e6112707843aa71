"""The registry of workflows and their procedures, by name and region: filled while Django's apps start, read-only afterwards.

A region's tables stand in the `procedure.py` of its folder, as `PROCEDURES`, by the name of the workflow; its clauses for
those that all share in `clauses.py`, as `CLAUSES`.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.notifications import notices
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.subjects import Subject
from jiuyuan.procedures.table import Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry as regions
from jiuyuan.wording import say, spoken


@spoken("noun")
@dataclass(frozen=True)
class Workflow:
    """One kind of subject: how it is reached and what its tables may say. Each region may have a procedure of its own.

    `door(user, key, transition)` returns the context with the row locked, as far as this user may see it, or raises
    `NotFound`; `user` None is the public or a machine. `hold(row, user)` makes it of a row in hand: the subject, or what one
    that begins hangs on. `noun` is what a sentence calls it: 这份申请. `things` is what the API calls many of them; where they hang
    on a subject of another workflow (`hangs_on`, by name), `named_there` is what they are called below it. What may hang on one
    of several (`or_on`, by name) is begun by the key `(name, id)`.
    """

    name: str
    noun: str
    model: type[Subject]
    door: Callable[[User | None, Any, Transition], Context]
    hold: Callable[[Any, User | None], Context]
    words: Vocabulary
    things: str = ""
    hangs_on: str = ""
    or_on: tuple[str, ...] = ()
    named_there: str = ""
    procedures: dict[str, Procedure] = field(default_factory=dict, compare=False)
    #: By region the table that all share, as it was written and with the region's clauses.
    _cited: dict[str, tuple[Procedure, Procedure]] = field(default_factory=dict, compare=False, repr=False)

    def add(self, procedure: Procedure) -> Procedure:
        """A table of this workflow, with what people are told by it. Raises `ValueError` where the region has one already."""
        if procedure.region in self.procedures:
            raise ValueError(f"{self.name}: two procedures for the region “{procedure.region}”")
        self.procedures[procedure.region] = procedure
        self.declare_notices(procedure)
        return procedure

    def declare_notices(self, procedure: Procedure) -> None:
        """What people are told by a table, by the codes of its transitions."""
        for transition in procedure.transitions:
            title = transition.title or transition.label
            for ending, text in transition.messages.items():
                notices.declare(self._notice(procedure, transition, ending), title, text)

    def notice(self, procedure: Procedure, transition: Transition, said: Mapping[str, Any]) -> str:
        """The code of the notice that tells the person of an act; empty where they are told nothing."""
        ending = transition.message_for(said)
        code = "" if ending is None else self._notice(procedure, transition, ending)
        if code and code not in notices.NOTICES:  # a table that stands in without `add`
            self.declare_notices(procedure)
        return code

    def _notice(self, procedure: Procedure, transition: Transition, ending: str) -> str:
        region = f"@{procedure.region}" if procedure.region else ""
        return f"{self.name}{region}.{transition.action}{ending}"

    def of(self, region: str = "") -> Procedure:
        """The region's table, else the one that all share with the region's clauses; where none is meant, the home region's."""
        code = region or regions.home().code
        shared = self.procedures.get("")
        if shared is None or code in self.procedures:
            return self.procedures[code]
        if self._cited.get(code, (None,))[0] is not shared:
            self._cited[code] = shared, _citing(shared, self.name, clauses_of(code))
        return self._cited[code][1]

    def words_for(self, need: str) -> dict[str, str]:
        """What may be chosen for a need of this name, in any table, with its words."""
        asked = (need_of for t in self.every_transition for need_of in t.needs if need_of.name == need)
        return {code: words for one in asked for code, words in one.choices}

    def transitions(self, action: str) -> list[Transition]:
        """What an action is in each region that has it."""
        return [transition for transition in self.every_transition if transition.action == action]

    @property
    def states(self) -> dict[str, State]:
        """Every state there is, in the order of the tables, by code."""
        return {state.code: state for procedure in self.procedures.values() for state in procedure.states}

    def in_state(self, rows: ScopedQuerySet, status: str) -> ScopedQuerySet:
        """The rows that stand in a state; all of them where none is given. Raises `BadInput` for one that no table has."""
        if status and status not in self.states:
            raise BadInput(say("状态有误。"), [("status", say("状态应为{states}之一。", states=self.states))])
        return rows.filter(status=status) if status else rows

    @property
    def every_transition(self) -> Iterable[Transition]:
        for region in self.procedures:
            yield from self.of(region).transitions


def _citing(table: Procedure, workflow: str, clauses: Mapping[str, str]) -> Procedure:
    """A table that all share, each transition with the region's clause where no law of the country has one."""
    transitions = []
    for written in table.transitions:
        transition = copy(written)  # not `replace`, which would keep its words in the language of who reads now
        clause = clauses.get(f"{workflow}.{written.action}", clauses.get(workflow, ""))
        object.__setattr__(transition, "clause", written.clause or clause)
        transitions.append(transition)
    return replace(table, transitions=tuple(transitions))


WORKFLOWS: dict[str, Workflow] = {}


def register(workflow: Workflow) -> Workflow:
    if workflow.name in WORKFLOWS:
        raise ValueError(f"two workflows “{workflow.name}”")
    WORKFLOWS[workflow.name] = workflow
    for region in regions.regions():
        if table := tables_of(region.code).get(workflow.name):
            workflow.add(table)
    return workflow


def tables_of(region: str) -> Mapping[str, Procedure]:
    """The tables of a region's own, by workflow."""
    return getattr(regions.part(region, "procedure"), "PROCEDURES", {})


def clauses_of(region: str) -> Mapping[str, str]:
    """The clauses of a region for the tables that all share: by workflow, and by `workflow.action` where one differs."""
    return getattr(regions.part(region, "clauses"), "CLAUSES", {})
