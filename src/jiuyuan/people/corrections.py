"""Corrections on a person's own request: asked, decided, answered, recorded (个人信息保护法 45–46)."""

from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.history import services as history
from jiuyuan.people.changes import CorrectionRequest
from jiuyuan.people.models import Person, Source
from jiuyuan.people.services import record_facts
from jiuyuan.people.telling import tell
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.refusals import BadInput, NotForRole, NotFound, WrongState
from jiuyuan.rules import calendar, parameters
from jiuyuan.rules.facts import FACTS, fact_label

_HEARD = "不同意这个答复的，可以再次提出，或依法申请行政复议、提起行政诉讼。"


def choices() -> list[tuple[str, str]]:
    """What may be asked to be corrected, with its label."""
    return [(name, fact.label) for name, fact in FACTS.items() if fact.recordable]


@transaction.atomic
def ask(user: User, person_id: int, *, what: str, wanted: str, reason: str) -> CorrectionRequest:
    """The person asks, or a clerk writes down what the person asked for. Asked twice in the same words, it is asked once."""
    person = Person.objects.visible_to(user).select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound("没有这个人的档案。")
    if user.role not in (Role.APPLICANT, Role.CLERK, Role.REVIEWER):
        raise NotForRole("更正由本人提出，或由经办人按本人的请求登记。")
    refuse(user, person)
    errors = []
    if not (what in FACTS and FACTS[what].recordable):
        errors.append(("what", "请选择要更正的一项。姓名、身份证号码有误的，请带身份证到窗口办理。"))
    if not wanted.strip() or len(wanted) > 200:
        errors.append(("wanted", "请写明应当是什么，最多200字。"))
    if not reason.strip() or len(reason) > 400:
        errors.append(("reason", "请写明为什么不对、有什么凭据，最多400字。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    said = {"what": what, "wanted": wanted.strip(), "reason": reason.strip()}
    waiting: CorrectionRequest | None = person.correction_requests.filter(granted=None, **said).first()
    if waiting is not None:
        return waiting
    days = parameters.limit("correction_working_days", on=clock.today())
    request = CorrectionRequest.objects.create(
        person=person,
        **said,
        asked_on=clock.today(),
        due_on=calendar.add_workdays(clock.today(), days).day,
    )
    history.append(person.file, user.actor, "correction_asked", said, person.area)
    return request


@transaction.atomic
def answer(
    user: User,
    pk: int,
    *,
    granted: bool,
    answer: str,
    value: Any = None,
    source: str = Source.DOCUMENT,
    department: str = "",
) -> CorrectionRequest:
    """Decide and answer in words. Granted, `value` is recorded as what stands, and settles what contradicts it; it comes from
    a source that can know it, as every fact."""
    rows = CorrectionRequest.objects.visible_to(user).select_related("person__account")
    request = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if request is None:
        raise NotFound("没有这项更正请求。")
    if not user.may(Right.RECORD_FACTS):
        raise NotForRole("更正请求由经办人和复核人答复。")
    if request.granted is not None:
        raise WrongState("这项更正请求已经答复。", status="answered", actions=[])
    refuse(user, request.person)
    errors = []
    if not answer.strip() or len(answer) > 400:
        errors.append(("answer", "请写明答复，最多400字：怎样核实、为什么同意或不同意。"))
    if granted and value is None:
        errors.append(("value", f"请填写更正后的“{fact_label(request.what)}”。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    person = request.person
    if granted:
        evidence = f"{request.asked_on}本人请求更正，经核实：{answer.strip()}"[:400]
        record_facts(
            user.actor,
            person,
            {request.what: value},
            source=source,
            department=department,
            evidence=evidence,
            settlement=answer.strip(),
        )
    request.granted, request.answer = granted, answer.strip()
    request.answered_on, request.answered_by_name = clock.today(), user.name
    request.save()
    said = {"what": request.what, "granted": granted, "answer": answer}
    history.append(person.file, user.actor, "correction_answered", said, person.area)
    result = "已更正" if granted else "没有更正"
    tell(
        person,
        "更正请求的答复",
        f"{person.name}：您请求更正“{fact_label(request.what)}”，{result}。理由：{answer.strip()}{_HEARD}",
    )
    return request
