"""The own-matter rules: nobody acts for an office in their own matter or a relative's, and a check is made by
another person.

Two accounts are two people only if their holders differ. Every service for staff asks in the order of the
contract: own matter, same eyes, holder known.
"""

from collections.abc import Iterable, Sequence

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.procedures.context import Concerned
from jiuyuan.refusals import HolderUnknown, OwnMatter, SameEyes
from jiuyuan.wording import say

OWN = "这是您本人或您申报的亲属的事项，须由其他人员办理。"


def refuse(
    user: User, *concerned: Concerned | None, acted_before: Iterable[User | None] = (), same_eyes: str = ""
) -> None:
    """Raise if this member of staff may not act in the matter of these people.

    `acted_before` are the users whose work this step checks; `same_eyes` is the message if the user is one of
    them. Raises `OwnMatter`, `SameEyes`, `HolderUnknown`. Applicants and channels do not act for an office and
    pass.
    """
    if not user.is_staff_member:
        return
    people, before = [p for p in concerned if p is not None], [u for u in acted_before if u is not None]
    if any(is_own_matter(user, person) for person in people):
        raise OwnMatter(say("{own}{nobody_left}", own=say(OWN), nobody_left=_nobody_left(user, people, before)))
    if any(same_person(user, other) for other in before):
        sentence = say(same_eyes or say("前一步是您办理的，这一步须由另一人办理。"))
        raise SameEyes(say("{own}{nobody_left}", own=sentence, nobody_left=_nobody_left(user, people, before)))
    if not user.id_index:
        raise HolderUnknown(say("这个账号还没有登记持有人的身份证号码，只能查看。请先在“我的账号”中登记，再来办理。"))


def refuse_numbers(user: User, indexes: Iterable[str]) -> None:
    """Like `refuse`, for people known only by the blind index of their ID number.

    Raises `OwnMatter`, `HolderUnknown`.
    """
    if not user.is_staff_member:
        return
    given = {index for index in indexes if index}
    if user.id_index in given or given & set(user.relative_indexes):
        raise OwnMatter(say(OWN))
    refuse(user)


def own_indexes(user: User) -> frozenset[str]:
    """The blind indexes of the account holder's ID number and of their declared relatives'."""
    return frozenset({user.id_index, *user.relative_indexes} - {""})


def is_own_matter(user: User, person: Concerned) -> bool:
    """Whether the person is the account's holder (same account or ID number) or a relative whom the account declared."""
    if person.account_id == user.pk:
        return True
    if user.id_index and user.id_index == person.id_index:
        return True
    return person.id_index in user.relative_indexes


def same_person(one: User, other: User) -> bool:
    """Whether two accounts may have one holder: the same account, or the same ID number."""
    return one.pk == other.pk or bool(one.id_index and one.id_index == other.id_index)


def _nobody_left(user: User, people: Sequence[Concerned], before: Sequence[User]) -> str:
    """Say what to do if nobody else at this office may act; empty if somebody may."""
    agency = user.agency
    if agency is None:
        return ""
    others = User.objects.filter(agency=agency, role=user.role, is_active=True).exclude(id_index="")
    for other in others:
        own = any(is_own_matter(other, person) for person in people)
        if other.in_use and not own and not any(same_person(other, one) for one in [user, *before]):
            return ""
    above = agency.parent.name if agency.parent else say("上级")
    return say(
        "{name}没有其他{label}可以办，请向{above}报告，由市（州）督导或省级管理给外单位的人在本机构开一个有期限的账号。",
        name=agency.name,
        label=Role(user.role).label,
        above=above,
    )
