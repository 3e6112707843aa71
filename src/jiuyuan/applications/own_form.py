"""Signing one's own form, and handing it in."""

from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications import door, services
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.people.contact import same_name
from jiuyuan.people.models import Source
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput
from jiuyuan.rules.facts import in_order
from jiuyuan.wording import for_record, say


def promises(case: Case) -> dict[str, Any]:
    """The person's own answers that a signature turns into a commitment, by name; those signed already are left out."""
    said = {name: case.known[name].own for name in in_order("promised") if name in case.known}
    return {name: fact.value for name, fact in said.items() if fact and fact.source == Source.DECLARED}


@transaction.atomic
def sign_and_submit(user: User, number: str, signature: str) -> Application:
    """Sign the written commitment with one's name and hand the application in (二(一)).

    Raises `BadInput` for `signature`, else as `engine.act`.
    """
    case = door.case(user, number)
    signed = case.person.name
    if not same_name(signature, signed):
        message = say("请写上您的姓名“{signed}”，和身份证上一样，就是签名。", signed=signed)
        raise BadInput(say("还没有签名。"), [("signature", message)])
    if promised := promises(case):
        evidence = for_record("书面承诺，{signed}于{today:date}签名", signed=signed, today=clock.today())
        services.save(user, number, facts=promised, source=Source.COMMITMENT, evidence=evidence)
    return engine.act(user, APPLICATION, number, "submit")
