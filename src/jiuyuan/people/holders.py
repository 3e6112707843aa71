"""The holder of a staff account: their ID number, and the relatives whose matters they stay out of."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import Relative, User
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.people import id_numbers
from jiuyuan.people.contact import clean_name
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound
from jiuyuan.wording import say

#: Days for which a removed relative still counts, so that nobody removes one just for one act.
COUNTS_ON = 30
_LONGEST_RELATION = 20


@transaction.atomic
def name_holder(user: User, id_number: str) -> None:
    """Set the holder of an account, once. Only the blind index is stored.

    To change it, the account is closed and a new one opened. Raises `BadInput`, `NotForRole` for accounts that
    are not staff's, `Conflict` if it is set already.
    """
    if not user.is_staff_member:
        raise NotForRole(say("只有工作人员的账号需要登记持有人。"))
    number = id_numbers.parse(id_number, clock.today()).number
    account = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if account.id_index:
        raise Conflict(say("这个账号已经登记过持有人。登记错了的，请上级停用它，另开一个。"))
    user.id_index = account.id_index = blind_index(number)
    account.save(update_fields=["id_index"])
    history.append(user.file, user.actor, "holder_named", {"id_number": number}, user.area)


def others_of(user: User) -> list[User]:
    """The holder's other active accounts. They are allowed, but count as one person wherever two are required."""
    if not user.id_index:
        return []
    same = User.objects.filter(id_index=user.id_index, is_active=True).exclude(pk=user.pk).select_related("agency")
    return [account for account in same.order_by("username") if account.in_use]


def relatives_of(user: User) -> list[Relative]:
    """The relatives who count today, including removed ones that still do."""
    rows = user.relatives.order_by("pk")
    return [row for row in rows if row.counts_until is None or row.counts_until >= clock.today()]


@transaction.atomic
def declare(user: User, *, name: str, relation: str, id_number: str) -> Relative:
    """Declare a relative whose matters the holder stays out of.

    Raises `BadInput` with every wrong field, `Conflict`.
    """
    if not user.is_staff_member:
        raise NotForRole(say("只有工作人员需要申报亲属。"))
    errors: list[tuple[str, str]] = []
    said, number = "", ""
    try:
        said = clean_name(name)
    except BadInput as refusal:
        errors += refusal.errors
    try:
        number = id_numbers.parse(id_number, clock.today()).number
    except BadInput as refusal:
        errors += refusal.errors
    relation = relation.strip()
    if not relation or len(relation) > _LONGEST_RELATION:
        errors.append(
            (
                "relation",
                say(
                    "请写明与您的关系，例如：母亲、配偶的弟弟，最多{longest_relation}字。",
                    longest_relation=_LONGEST_RELATION,
                ),
            )
        )
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    index = blind_index(number)
    if index == user.id_index:
        raise BadInput(say("有内容需要改正。"), [("id_number", say("这是您本人的号码，本人不用申报。"))])
    Relative.objects.filter(user=user, id_index=index, counts_until__isnull=False).delete()  # declared again
    try:
        with transaction.atomic():
            row = Relative.objects.create(user=user, name=said, relation=relation, id_index=index)
    except IntegrityError:
        raise Conflict(say("这个人已经申报过了。")) from None
    user.__dict__.pop("relative_indexes", None)  # drop the cached value
    history.append(user.file, user.actor, "relative_declared", {"name": said, "relation": relation}, user.area)
    return row


@transaction.atomic
def take_off(user: User, pk: int, reason: str) -> Relative:
    """Remove one of one's own relatives, with a reason. They count for `COUNTS_ON` more days."""
    row = user.relatives.select_for_update().filter(pk=pk, counts_until=None).first()
    if row is None:
        raise NotFound(say("没有这位申报的亲属。"))
    if not reason.strip():
        raise BadInput(say("请写明理由。"), [("reason", say("请写明为什么撤下，例如：已离婚，不再是亲属。"))])
    row.counts_until = clock.today() + timedelta(days=COUNTS_ON)
    row.save(update_fields=["counts_until"])
    payload = {"name": row.name, "relation": row.relation, "reason": reason.strip(), "counts_until": row.counts_until}
    history.append(user.file, user.actor, "relative_taken_off", payload, user.area)
    return row
