"""The other people of a case in the API: household, agent and signatories."""

from datetime import datetime

from ninja import Schema

from jiuyuan import masking
from jiuyuan.applications.case import Case


class MemberShape(Schema):
    name: str
    relation: str
    id_number: str
    state: str


class AgentShape(Schema):
    """代办: who fills it in for the person; their authorisation is among the materials (`authorisation`)."""

    name: str
    relation: str
    id_number: str
    phone: str


class SignatureShape(Schema):
    """What was signed online. `name`: as it was typed; `agent`: whether the agent signed for the person, with their `relation`."""

    name: str
    at: datetime
    agent: bool
    relation: str
    text: list[str]


def household(case: Case, *, unmask: bool) -> list[MemberShape]:
    return [
        MemberShape(name=m.name, relation=m.relation, state=m.state, id_number=_number(m.id_number or "", unmask))
        for m in case.household
    ]


def agent(case: Case, *, unmask: bool) -> AgentShape | None:
    found = case.agent
    if found is None:
        return None
    phone = found.phone if unmask else masking.text(found.phone)
    return AgentShape(name=found.name, relation=found.relation, id_number=_number(found.id_number, unmask), phone=phone)


def signature(case: Case) -> SignatureShape | None:
    """The online signature; None if there is none."""
    if not (signed := case.application.signed):
        return None
    acting = signed.get("agent")
    return SignatureShape(
        name=signed["name"],
        at=datetime.fromisoformat(signed["at"]),
        agent=acting is not None,
        relation=acting["relation"] if acting else "",
        text=signed["text"],
    )


def _number(number: str, unmask: bool) -> str:
    return number if unmask or not number else masking.id_number(number)
