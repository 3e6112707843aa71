"""The registry of workflows and their procedures, by name and region; read-only once Django has started.

A region's folder has its own tables in `procedure.py` (`PROCEDURES`, by workflow) and its clauses for the shared
tables in `clauses.py` (`CLAUSES`).
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
    """One kind of subject: how its row is found and what its tables may name. Each region may have a procedure of
    its own.

    - `door(user, key, transition)` returns the context with the row locked, or raises `NotFound` if this user may
      not see it; `user` is None for the public and for machines.
    - `hold(row, user)` returns the context of a row already loaded: the subject, or the parent of one to be
      created.
    - `noun` is the subject in a sentence: 这份申请.
    - `things` is its plural in the API; `named_there` is the plural below the parent.
    - `hangs_on` names the workflow of the parent. With several possible parents (`or_on`), the key is `(name,
      id)`.
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
    #: By region: the shared table as written, and the same with the region's clauses.
    _cited: dict[str, tuple[Procedure, Procedure]] = field(default_factory=dict, compare=False, repr=False)

    def add(self, procedure: Procedure) -> Procedure:
        """Add a table and declare its notices. Raises `ValueError` if the region already has one."""
        if procedure.region in self.procedures:
            raise ValueError(f"{self.name}: two procedures for the region “{procedure.region}”")
        self.procedures[procedure.region] = procedure
        self.declare_notices(procedure)
        return procedure

    def declare_notices(self, procedure: Procedure) -> None:
        """Declare the notices of a table, by the codes of its transitions."""
        for transition in procedure.transitions:
            title = transition.title or transition.label
            for ending, text in transition.messages.items():
                notices.declare(self._notice(procedure, transition, ending), title, text)

    def notice(self, procedure: Procedure, transition: Transition, said: Mapping[str, Any]) -> str:
        """The code of the notice that tells the person of an act; empty if there is none."""
        ending = transition.message_for(said)
        code = "" if ending is None else self._notice(procedure, transition, ending)
        if code and code not in notices.NOTICES:  # a table that a test put in place without `add`
            self.declare_notices(procedure)
        return code

    def _notice(self, procedure: Procedure, transition: Transition, ending: str) -> str:
        region = f"@{procedure.region}" if procedure.region else ""
        return f"{self.name}{region}.{transition.action}{ending}"

    def of(self, region: str = "") -> Procedure:
        """The region's own table, else the shared table with the region's clauses. The default is the home region."""
        code = region or regions.home().code
        shared = self.procedures.get("")
        if shared is None or code in self.procedures:
            return self.procedures[code]
        if self._cited.get(code, (None,))[0] is not shared:
            self._cited[code] = shared, _citing(shared, self.name, clauses_of(code))
        return self._cited[code][1]

    def words_for(self, need: str) -> dict[str, str]:
        """The choices of every need with this name in any table, by code."""
        asked = (need_of for t in self.every_transition for need_of in t.needs if need_of.name == need)
        return {code: words for one in asked for code, words in one.choices}

    def transitions(self, action: str) -> list[Transition]:
        """The transitions of this action, one for each region that has it."""
        return [transition for transition in self.every_transition if transition.action == action]

    @property
    def states(self) -> dict[str, State]:
        """Every state by code, in table order."""
        return {state.code: state for procedure in self.procedures.values() for state in procedure.states}

    def in_state(self, rows: ScopedQuerySet, status: str) -> ScopedQuerySet:
        """Filter rows by state; an empty state filters nothing. Raises `BadInput` if no table has the state."""
        if status and status not in self.states:
            raise BadInput(say("状态有误。"), [("status", say("状态应为{states}之一。", states=self.states))])
        return rows.filter(status=status) if status else rows

    @property
    def every_transition(self) -> Iterable[Transition]:
        for region in self.procedures:
            yield from self.of(region).transitions


def _citing(table: Procedure, workflow: str, clauses: Mapping[str, str]) -> Procedure:
    """A shared table in which each transition without a clause of national law cites the region's clause."""
    transitions = []
    for written in table.transitions:
        transition = copy(written)  # not `replace`, which would freeze lazy texts in the current language
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
    """The region's own tables, by workflow."""
    return getattr(regions.part(region, "procedure"), "PROCEDURES", {})


def clauses_of(region: str) -> Mapping[str, str]:
    """The region's clauses for the shared tables, by workflow, or by `workflow.action` where one differs."""
    return getattr(regions.part(region, "clauses"), "CLAUSES", {})
