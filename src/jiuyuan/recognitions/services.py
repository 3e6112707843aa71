"""Opening and ending a stay on the register."""

from datetime import date

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.notifications import services as notifications
from jiuyuan.people.models import Person
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, OlderVersion, WrongState
from jiuyuan.rules import policy


def active(person: Person) -> Recognition | None:
    return person.recognitions.filter(status=Recognition.Status.ACTIVE).first()


def open_recognition(
    user: User, person: Person, *, agency: Agency, area: str, category: str, policy_code: str
) -> Recognition:
    """Put a person on the register, pointing to the stay before (四(三)). Call inside the transaction of the act."""
    former = person.recognitions.order_by("-recognised_on", "-id").first()
    recognition = Recognition.objects.create(
        person=person,
        number=f"pending-{person.pk}",
        agency=agency,
        area=area,
        category=category,
        recognised_on=clock.today(),
        recognised_by_name=user.name,
        policy=policy_code,
        former=former,
    )
    recognition.number = f"R{agency.code}-{clock.today().year}-{recognition.pk:06d}"
    recognition.save(update_fields=["number"])
    payload = {"recognition": recognition.number, "category": category, "former": former.number if former else None}
    history.append(person.file, user.actor, "recognised", payload, area)
    return recognition


def exit_grounds() -> "dict[str, policy.Clause]":
    """The grounds of 三(一)–(七) by code."""
    return {clause.code: clause for clause in policy.load(policy.DEFAULT).exits}


def visible_recognition(user: User, pk: int) -> Recognition:
    """The recognition, locked, as far as this user may see it. Raises `NotFound`."""
    rows = Recognition.objects.visible_to(user).select_related("person__account", "person__agency", "agency")
    recognition = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if recognition is None:
        raise NotFound("没有这条认定记录。")
    return recognition


@transaction.atomic
def end(user: User, pk: int, *, version: int, ground: str, on: date, evidence: str) -> Recognition:
    """End a recognition on one of the grounds of 三(一)–(七). The person is told, and how to object."""
    recognition = visible_recognition(user, pk)
    if not user.may(Right.DECIDE_EXITS):
        raise NotForRole("退出由县（市、区）复核人决定，您的角色不能办理。")
    if recognition.status != Recognition.Status.ACTIVE:
        raise WrongState("这条认定已经退出，不能再次退出。", status=recognition.status, actions=[])
    if recognition.objections.filter(upheld=None).exists():
        raise GuardNotMet("对上一次退出的异议还没有处理，要先处理异议。")
    if recognition.version != version:
        raise OlderVersion("这条认定刚刚有变动，请重新打开后再办。", version=recognition.version)
    grounds = exit_grounds()
    errors = []
    if ground not in grounds:
        errors.append(("ground", f"退出情形应为下列之一：{'、'.join(grounds)}。"))
    if on > clock.today() or on < recognition.recognised_on:
        errors.append(("on", "退出日期不能早于认定日期，也不能晚于今天。"))
    longest = Recognition._meta.get_field("evidence").max_length or 0
    if not evidence.strip():
        errors.append(("evidence", "请写明依据：哪项事实、来自哪里、哪一天。"))
    elif len(evidence) > longest:
        errors.append(("evidence", f"依据最多{longest}字，现在有{len(evidence)}字，请写短一些。"))
    if errors:
        raise BadInput("有内容需要改正。", errors)
    recognition.status = Recognition.Status.ENDED
    recognition.ground, recognition.ended_on, recognition.evidence = ground, on, evidence.strip()
    recognition.ended_by, recognition.ended_by_name = user.username, user.name
    recognition.version += 1
    recognition.save()
    person = recognition.person
    payload = {"recognition": recognition.number, "ground": ground, "on": on, "evidence": evidence}
    history.append(person.file, user.actor, "ended", payload, recognition.area)
    notifications.write(
        person.file,
        "就业困难人员身份退出告知",
        f"{person.name}：您的就业困难人员身份自{on:%Y年%-m月%-d日}起退出。情形：{grounds[ground].title}"
        f"（吉人社发〔2022〕10号 {grounds[ground].clause}）。依据：{evidence}。如有异议，可向{recognition.agency.name}提出。",
        recipient=person.account.username if person.account else "",
        phone=person.phone,
    )
    return recognition
