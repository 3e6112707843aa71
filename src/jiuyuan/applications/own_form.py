"""Signing one's own form, and handing it in."""

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.applications import commitment, door, services
from jiuyuan.applications.models import Application
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.people.contact import same_name
from jiuyuan.people.models import Source
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput
from jiuyuan.wording import for_record, say


@transaction.atomic
def sign_and_submit(user: User, number: str, signature: str, consent: bool) -> Application:
    """Sign the written commitment with one's name, agree to be verified, and hand the application in (二(一)).

    What was signed is kept word for word. Raises `BadInput` for `signature` and `consent`, else as `engine.act`.
    """
    case = door.case(user, number)
    signed = case.person.name
    if not same_name(signature, signed):
        message = say("请写上您的姓名“{signed}”，和身份证上一样，就是签名。", signed=signed)
        raise BadInput(say("还没有签名。"), [("signature", message)])
    if not consent:
        message = say("请打勾。没有您的同意，我们不能向别的部门核实，也就不能认定；不同意网上核实的，可以到窗口办理。")
        raise BadInput(say("还没有同意核实。"), [("consent", message)])
    today, now = clock.today(), clock.now().isoformat(timespec="seconds")
    kept = {"name": signature.strip(), "at": now, "text": commitment.words(case), "consented_at": now}
    if promised := commitment.promises(case):
        evidence = for_record("书面承诺，{signed}于{today:date}签名", signed=signed, today=today)
        services.save(user, number, facts=promised, source=Source.COMMITMENT, evidence=evidence)
    return engine.act(user, APPLICATION, number, "submit", carried={"signed": kept})
