"""Nobody acts for an office in their own matter, and two accounts are two people only if their holders differ.

Asked by every service through which staff act, in the order of the contract: own matter, same eyes, holder known.
"""

from collections.abc import Iterable

from jiuyuan.agencies.models import User
from jiuyuan.people.models import Person
from jiuyuan.refusals import HolderUnknown, OwnMatter, SameEyes


def refuse(
    user: User, *concerned: Person | None, acted_before: Iterable[User | None] = (), same_eyes: str = ""
) -> None:
    """Raise where this member of staff may not act on what concerns these people.

    `acted_before`: who did the part that another person must check; `same_eyes`: the sentence for that case.
    Raises `OwnMatter`, `SameEyes`, `HolderUnknown`. Applicants and channels act for nobody's office and pass.
    """
    if not user.is_staff_member:
        return
    if any(is_own_matter(user, person) for person in concerned if person is not None):
        raise OwnMatter("这是您本人或您申报的亲属的事项，须由其他人员办理。")
    if any(same_person(user, other) for other in acted_before if other is not None):
        raise SameEyes(same_eyes or "前一步是您办理的，这一步须由另一人办理。")
    if not user.id_index:
        raise HolderUnknown("这个账号还没有登记持有人的身份证号码，只能查看。请先在“我的账号”中登记，再来办理。")


def is_own_matter(user: User, person: Person) -> bool:
    """Whether the person is the account's holder (same account or ID number) or a relative whom the account declared."""
    if person.account_id == user.pk:
        return True
    if user.id_index and user.id_index == person.id_index:
        return True
    return user.relatives.filter(id_index=person.id_index).exists()


def same_person(one: User, other: User) -> bool:
    """Whether two accounts may have one holder: the same account, or the same ID number."""
    return one.pk == other.pk or bool(one.id_index and one.id_index == other.id_index)
