"""Agencies are created, renamed and described by the province, or by a supervisor in their region; each act is
recorded.

`by` is the acting account, or the operator of the installation at the command line.
"""

import re
from collections.abc import Mapping

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies import again
from jiuyuan.agencies.models import Agency, Division, User
from jiuyuan.agencies.queries import covered_by
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.history.services import Actor
from jiuyuan.procedures import own_matter
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound
from jiuyuan.regions import registry
from jiuyuan.wording import say

Level = Agency.Level
#: The level below each; an agency's parent is always one level up.
BELOW: dict[str, str] = {
    Level.PROVINCE: Level.REGION,
    Level.REGION: Level.COUNTY,
    Level.COUNTY: Level.PLATFORM,
    Level.PLATFORM: Level.COMMUNITY,
}
#: The level above each.
BELOW_WHICH = {below: above for above, below in BELOW.items()}
#: The editable attributes with labels; only the name is required.
TOLD = {"name": "名称", "address": "地址", "phone": "电话", "hours": "办公时间", "responsible": "负责人"}
_CODE = re.compile(r"[0-9A-Z]{2,20}")
_PHONE = re.compile(r"[0-9][0-9\-－—() （）转,，、/ ]{2,39}")


def opened(by: User, code: str) -> Agency:
    """The agency with this code in the user's area. Raises `NotFound` outside."""
    found = Agency.objects.select_related("parent").filter(code=code, path__begins=by.area).first()
    if found is None:
        raise NotFound(say("没有这个机构。"))
    return found


def refuse_who_does_not_manage(by: User | Actor, agency: Agency | None) -> None:
    if isinstance(by, Actor):
        return
    if agency is None or not agency.path.startswith(by.area):
        raise NotFound(say("没有这个机构。"))
    if not by.may(Right.MANAGE_AGENCIES):
        raise NotForRole(say("机构由省级和市州督导管理。"))
    own_matter.refuse(by)


def _actor(by: User | Actor) -> Actor:
    return by if isinstance(by, Actor) else by.actor


@transaction.atomic
def make(by: User | Actor, code: str, parent: str, *, divisions: str = "", **told: str) -> Agency:
    """Create an agency below another. `divisions`: the codes it covers, by default its own code if that is a
    division.

    Raises `BadInput` with every wrong field, `NotFound` for a parent outside the area, `NotForRole`.
    """
    above = _held(parent.strip())
    refuse_who_does_not_manage(by, above)
    if above is None:
        raise BadInput(say("机构有误。"), [("parent", say("没有代码为“{parent}”的上级机构，请核对。", parent=parent))])
    code, errors = code.strip().upper(), []
    if not _CODE.fullmatch(code):
        errors.append(
            ("code", say("机构代码用数字和大写字母，2到20位，例如 {example}。", example=registry.home().example[0]))
        )
    elif Agency.objects.filter(code=code).exists():
        errors.append(("code", say("已有代码为“{code}”的机构，请核对。", code=code)))
    if above.closed_on is not None:
        errors.append(("parent", say("{name}已经撤销，不能在它下面设机构。", name=above.name)))
    elif above.level not in BELOW:
        errors.append(("parent", say("{name}是社区平台，下面不再设机构。", name=above.name)))
    cleaned = _read(told, errors)
    places = _divisions(divisions, code, errors)
    errors += _beyond(by, {"code": [code], "divisions": [place.code for place in places]})
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    path = f"{above.path}{code}/"
    agency = Agency(code=code, level=BELOW[above.level], parent=above, path=path, **cleaned)
    agency.save(force_insert=True)
    agency.divisions.set(places)
    payload: dict[str, object] = {"parent": above.code, "divisions": [place.code for place in places], **cleaned}
    _record(by, agency, "agency_made", payload)
    return agency


def _held(code: str) -> Agency | None:
    """The agency with this code, locked with all its parents, so that a concurrent move finishes first."""
    path = Agency.objects.filter(code=code).values_list("path", flat=True).first() or ""
    chain = (
        Agency.objects.filter(code__in=path.split("/")).order_by("path").select_for_update(of=("self",), no_key=True)
    )
    return {one.code: one for one in chain}.get(code)


def codes_in(written: str) -> list[str]:
    """Split the division codes in a cell or input field."""
    return [part for part in re.split(r"[\s,，、;；]+", written) if part]


def _divisions(written: str, code: str, errors: list[tuple[str, str]]) -> list[Division]:
    wanted = codes_in(written)
    found = Division.objects.in_bulk(wanted or [code])
    if unknown := [one for one in wanted if one not in found]:
        errors.append(("divisions", say("区划代码中没有{unknown}，请对照统计用区划代码改正。", unknown=unknown)))
    return list(found.values())


def _beyond(by: User | Actor, given: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Errors for divisions covered by offices outside the user's area: residents would be sent to the wrong office."""
    if isinstance(by, Actor):
        return []
    errors = []
    for field, codes in given.items():
        for code in codes:
            covering = covered_by(code)
            if covering and not any(one.path.startswith(by.area) for one in covering):
                errors.append(
                    (
                        field,
                        say(
                            "{code}由{name}管辖，不在您管理的范围内，请改正，或请省级设立。",
                            code=code,
                            name=covering[0].name,
                        ),
                    )
                )
    return errors[:1]


@transaction.atomic
def change(by: User | Actor, agency: Agency, **told: str) -> bool:
    """Change the name, address, phone, hours or responsible person; attributes not given stay.

    Returns whether anything changed.
    """
    refuse_who_does_not_manage(by, agency)
    errors: list[tuple[str, str]] = []
    held = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    cleaned = _read({"name": held.name, **told}, errors)
    if held.closed_on is not None:
        raise GuardNotMet(say("{name}已经撤销，不能再改。", name=held.name))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    before = {name: getattr(held, name) for name in told if getattr(held, name) != cleaned[name]}
    for name in before:
        setattr(held, name, cleaned[name])
    if before:
        held.save(update_fields=list(before))
        now = {name: cleaned[name] for name in before}
        _record(by, held, "agency_changed", {"before": before, "now": now})
    return bool(before)


def _read(told: Mapping[str, str], errors: list[tuple[str, str]]) -> dict[str, str]:
    cleaned = {}
    for name, text in told.items():
        text = cleaned[name] = re.sub(r"\s+", " ", text or "").strip()
        longest = Agency._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
        if name == "name" and not text:
            errors.append((name, say("请填写机构的名称。")))
        elif len(text) > longest:
            errors.append(
                (
                    name,
                    say(
                        "{name}最多{longest}字，现在有{count}字，请写短一些。",
                        name=TOLD[name],
                        longest=longest,
                        count=len(text),
                    ),
                )
            )
        elif name == "phone" and text and not _PHONE.fullmatch(text):
            errors.append((name, say("电话请写数字和短横，例如 0431-88880000；几个号码用顿号隔开。")))
    return cleaned


@transaction.atomic
def close(by: User | Actor, agency: Agency, reason: str, open_work: list[str]) -> Agency:
    """Close an agency: it takes no more applications; its past work keeps its name (`applications.handover` checks
    first).

    Raises `GuardNotMet` if there is open work, a lower agency or an active account.
    """
    refuse_who_does_not_manage(by, agency)
    held = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    if isinstance(by, User) and held.path == by.area:
        raise NotForRole(say("自己所在的机构由上级撤销。"))
    if held.closed_on is not None:
        raise GuardNotMet(say("{name}已经撤销。", name=held.name))
    below = held.children.filter(closed_on=None).count()
    people = [account.name for account in held.staff.filter(is_active=True) if account.in_use]
    hinders = list(open_work)
    if below:
        hinders.append(say("下面还有{below}个机构", below=below))
    if people:
        hinders.append(say("还有{count}个在用的账号（{people}）", count=len(people), people=people[:5]))
    if hinders:
        raise GuardNotMet(
            say("{name}还不能撤销：{hinders}。请先办完、移走或停用。", name=held.name, hinders="；".join(hinders))
        )
    if not reason.strip():
        raise BadInput(say("请写明理由。"), [("reason", say("请写明为什么撤销，例如：并入某街道，某年某月某号文件。"))])
    again.ask(by if isinstance(by, User) else None, "agency.close")
    held.closed_on = clock.today()
    held.save(update_fields=["closed_on"])
    _record(by, held, "agency_closed", {"reason": reason.strip()[:400]})
    return held


@transaction.atomic
def reopen(by: User | Actor, agency: Agency, reason: str) -> Agency:
    """Reopen a closed agency.

    Raises `GuardNotMet` if it is open, was merged, or has a closed parent; `BadInput`.
    """
    refuse_who_does_not_manage(by, agency)
    held = Agency.objects.select_for_update(of=("self",), no_key=True).select_related("parent").get(pk=agency.pk)
    if not closed_by_itself(held):
        raise GuardNotMet(say("{name}没有撤销，或者是合并的，在“机构调整”里恢复。", name=held.name))
    if held.parent is not None and held.parent.closed_on is not None:
        raise GuardNotMet(say("上级{name}已经撤销，请先启用它。", name=held.parent.name))
    if not reason.strip():
        raise BadInput(say("请写明理由。"), [("reason", say("请写明为什么重新启用。"))])
    again.ask(by if isinstance(by, User) else None, "agency.close")
    held.closed_on = None
    held.save(update_fields=["closed_on"])
    _record(by, held, "agency_reopened", {"reason": reason.strip()[:400]})
    return held


def closed_by_itself(agency: Agency) -> bool:
    """Whether it was closed on its own, not merged into another."""
    acts = Entry.objects.of(f"agency:{agency.code}").order_by("-seq").values_list("action", flat=True)
    return agency.closed_on is not None and acts.first() == "agency_closed"


def _record(by: User | Actor, agency: Agency, action: str, payload: dict[str, object]) -> None:
    history.append(f"agency:{agency.code}", _actor(by), action, payload, agency.path)


def may_make_under(by: User, agency: Agency) -> bool:
    """Whether the page offers to create an agency below: for the supervisor of the region, or the province."""
    return by.may(Right.MANAGE_AGENCIES) and agency.level in BELOW and agency.closed_on is None


def may_close(by: User, agency: Agency) -> bool:
    return by.may(Right.MANAGE_AGENCIES) and agency.closed_on is None and agency.path != by.area
