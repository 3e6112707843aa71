"""What one line of the table of transitions says: from where, who, and what the actor is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jiuyuan.agencies.roles import Role
from jiuyuan.applications.guards import Guard, OtherEyes
from jiuyuan.applications.models import Status

Kind = Literal[
    "text", "list", "yes_no", "category", "date", "choice", "clauses", "objection", "material", "missing", "platform"
]
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Need:
    """Something the actor says with the action. `also` are other names under which a program may send it.

    Kinds, as a program sends them: `text`; `yes_no` true or false; `date` "2026-03-02"; `choice` one code of `choices`,
    `clauses` several; `category` one as `entry: {"category": code}`; `objection` and `material` an id (of a paper of the kind
    `of`); `platform` a division code; `missing` a list of sentences, or of {"text", "page"} with a page of `choices`.
    `only_if`: asked for only where another need has this value.
    """

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    also: tuple[str, ...] = ()
    required: bool = True
    longest: int = 1000
    roles: frozenset[Role] | None = None
    choices: Choices = ()
    only_if: tuple[str, Any] | None = None
    of: str = ""
    ahead: bool = False  # a date that lies ahead

    def asked_of(self, role: Role) -> bool:
        return self.roles is None or role in self.roles

    def applies(self, said: Mapping[str, Any]) -> bool:
        return self.only_if is None or said.get(self.only_if[0]) == self.only_if[1]


@dataclass(frozen=True)
class Transition:
    """One line of the table. An empty `message` tells the applicant nothing; `{…}` are filled by the service.

    `told_if`: (need, value, message), another message where that was said (any value, where it is None).
    `public`: anyone may, without a login, on what everyone can see.
    """

    action: str
    label: str
    sources: frozenset[Status]
    targets: tuple[Status, ...]
    roles: frozenset[Role]
    clause: str
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    other_eyes: OtherEyes | None = None
    message: str = ""
    told_if: tuple[tuple[str, Any, str], ...] = ()
    done: str = ""
    emphasis: Literal["main", "plain", "grave"] = "plain"
    public: bool = False

    def message_for(self, said: Mapping[str, Any]) -> str:
        """What the applicant is told, by what was said with the act."""
        for name, value, text in self.told_if:
            if name in said and (value is None or said[name] == value):
                return text
        return self.message
