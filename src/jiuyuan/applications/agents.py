"""Agents (代办): people who fill in an application for somebody, named by that person's account or at the window."""

from collections.abc import Mapping
from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications.models import Agent, Application
from jiuyuan.encryption import blind_index
from jiuyuan.history.state import key_of, set_by
from jiuyuan.people import id_numbers
from jiuyuan.people.contact import clean_name, clean_phone
from jiuyuan.people.households import RELATIONS as OF_A_FAMILY
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

#: The agent's relation to the person.
RELATIONS = (*OF_A_FAMILY, "社区工作人员")


def of(application: Application) -> Agent | None:
    """The agent of an application that the caller may see, or None."""
    found: Agent | None = Agent.objects.unscoped().filter(application=application).first()
    return found


def name(application: Application, said: Mapping[str, str]) -> dict[str, Any]:
    """Save who acts for the person, or nobody if `said` is empty. Returns the changed columns.

    Raises `BadInput` for every wrong field. Call it in the transaction that has locked the application
    (`services.save`).
    """
    there = of(application)
    if there and _signed_already(application) and _another(there, said):
        why = say("代办人已经在这份申请上签了名，不能换成别人。要换的，先请申请人补正、重新签名。")
        raise BadInput(say("有内容需要改正。"), [("agent-name", why)])
    if not any(said.values()):
        if there is None:
            return {}
        gone = key_of(there)
        there.delete()
        return {gone: None}
    errors: list[tuple[str, str]] = []
    cleaned = {}
    for field, read in (
        ("name", clean_name),
        ("id_number", lambda text: id_numbers.parse(text, clock.today()).number),
        ("phone", clean_phone),
    ):
        try:
            cleaned[field] = read(said.get(field, ""))
        except BadInput as refusal:
            errors += [(f"agent-{field}", message) for _, message in refusal.errors]
    cleaned["relation"] = said.get("relation", "").strip()
    if cleaned["relation"] not in RELATIONS:
        errors.append(("agent-relation", say("请选是您的什么人。")))
    if cleaned.get("id_number") == application.person.id_number:
        errors.append(("agent-id_number", say("这是您本人的号码。本人自己办的，这一页不用填。")))
    elif _handles(application, cleaned.get("id_number", "")):
        why = say("这个人在办理这份申请的机构工作，不能同时替申请人办。工作人员在窗口帮着填写的，不用登记代办人。")
        errors.append(("agent-id_number", why))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    if there and all(getattr(there, field) == value for field, value in cleaned.items()):
        return {}
    agent = there or Agent(application=application)
    for field, value in cleaned.items():
        setattr(agent, field, value)
    agent.recorded_at = clock.now()
    agent.save()
    return set_by([agent])


def _another(agent: Agent, said: Mapping[str, str]) -> bool:
    return any(getattr(agent, field) != said.get(field, "").strip() for field in ("name", "relation"))


def _signed_already(application: Application) -> bool:
    """Whether the agent has signed it and is not asked to sign again."""
    return bool(application.signed and application.signed.get("agent")) and not application.state.theirs


def _handles(application: Application, number: str) -> bool:
    """Whether somebody with this ID number works at an office involved in the application:
    nobody acts on both sides.
    """
    staff = User.objects.filter(id_index=blind_index(number), is_active=True).exclude(agency=None) if number else []
    return any(application.area.startswith(one.agency.path) for one in staff if one.agency)
