"""What staff add to a person's file outside a case: papers, and facts from a source."""

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.people import services
from jiuyuan.people.about import refuse_merged
from jiuyuan.people.fact_checks import HowKnown
from jiuyuan.people.models import Document, Person
from jiuyuan.procedures.own_matter import refuse
from jiuyuan.refusals import BadInput, NotForRole, NotFound, OlderVersion
from jiuyuan.regions import registry
from jiuyuan.rules import policy
from jiuyuan.wording import say

_LARGEST_KEY = 2**63 - 1


@transaction.atomic
def keep(
    user: User,
    person_id: int,
    kind: str,
    content: bytes | None,
    file_name: str,
    *,
    part: str = "",
    version: int | None = None,
) -> Document:
    """Add a paper. Raises `NotFound`, `NotForRole`, `OwnMatter`, `BadInput` for `kind` or `file`."""
    person = begin(user, person_id, version)
    return services.add_document(user.actor, person, kind, given(kind, content, part), file_name, part)


def given(kind: str, content: bytes | None, part: str = "") -> bytes:
    """Check that there is content, of a known kind. Raises `BadInput` for `kind`, `file`, `part`."""
    errors = []
    if kind not in registry.materials():
        errors.append(("kind", say("材料种类应为{materials}之一。", materials=registry.materials())))
    if part and part not in policy.PARTS:
        errors.append(("part", say("哪一面或哪一页应为{parts}之一。", parts=policy.PARTS)))
    if content is None:
        errors.append(("file", say("缺少文件，请选择照片或PDF。")))
    if errors or content is None:
        raise BadInput(say("材料有误。"), errors)
    return content


@transaction.atomic
def record(
    user: User,
    person_id: int,
    values: Mapping[str, Any],
    *,
    document: int | None = None,
    version: int | None = None,
    **how: Unpack[HowKnown],
) -> Person:
    """Record facts from a source. `document`: the paper in this file that shows them.

    Raises `NotFound`, `NotForRole`, `OwnMatter`, `OlderVersion`, `BadInput`.
    """
    person = begin(user, person_id, version)
    errors = [] if values else [("facts", say("请至少填写一项。"))]
    if (observed_on := how.get("observed_on")) is not None and observed_on > clock.today():
        errors.append(("observed_on", say("查得日期不能晚于今天。")))
    shown_by = person.documents.filter(pk=document).first() if document is not None else None
    if document is not None and shown_by is None:
        errors.append(("document", say("这个人的档案中没有这份材料，请先存入。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    recorded = services.record_facts(user.actor, person, values, document=shown_by, **how)
    return _counted_up(person) if recorded else person


@transaction.atomic
def write_household(
    user: User, person_id: int, members: Sequence[Mapping[str, str]], *, version: int | None = None
) -> Person:
    """Record the members of the household.

    Raises `NotFound`, `NotForRole`, `OwnMatter`, `OlderVersion`, `BadInput`.
    """
    person = begin(user, person_id, version)
    return _counted_up(person) if services.set_household(user.actor, person, members) else person


def _counted_up(person: Person) -> Person:
    person.version += 1
    person.save(update_fields=["version"])
    return person


def begin(user: User, pk: int, version: int | None) -> Person:
    """The person's file, locked, if this user may write to it now."""
    rows = Person.objects.visible_to(user).select_related("agency", "account").select_for_update(of=("self",))
    person: Person | None = rows.filter(pk=pk).first() if 0 < pk <= _LARGEST_KEY else None
    if person is None:
        raise NotFound(say("没有这个人的档案。"))
    refuse_merged(person)
    if not user.may(Right.RECORD_FACTS):
        raise NotForRole(say("档案由基层经办人和县级复核人登记，您的角色不能办理。"))
    refuse(user, person)
    if version is not None and version != person.version:
        raise OlderVersion(say("这个人的档案刚刚有变动，请重新打开后再办。"), version=person.version)
    return person
