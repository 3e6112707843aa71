"""Parses the values that a transition needs, from forms and JSON alike."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.characters import READABLE, visible, whole_number
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Need, NeedKind, Transition
from jiuyuan.refusals import BadInput
from jiuyuan.rules import calendar
from jiuyuan.rules.possible_days import why_impossible
from jiuyuan.wording import say

_YES = {True, "true", "yes", "1", "是", "on"}
_NO = {False, "false", "no", "0", "否"}
LARGEST_KEY = 2**63 - 1
_FURTHEST = timedelta(days=5 * 366)  # no plausible date lies further ahead
#: The largest primary key that the database columns hold.
LARGEST_ID = 2**31 - 1
_NOTHING: tuple[Any, ...] = (None, "", [])


def read(workflow: Workflow, context: Context, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return cleaned values by the names of the needs. Raises `BadInput` with every missing or wrong field."""
    cleaned: dict[str, Any] = {}
    known = {"version", *(name for need in transition.needs for name in (need.name, *need.also))}
    # Reject unknown names, so that a typo does not lose a value silently.
    errors = [(str(name)[:80], say("没有这一项，请核对名称。")) for name in given if name not in known]
    for need in transition.needs:
        if (context.user and not need.asked_of(Role(context.user.role))) or not need.applies(cleaned):
            continue
        raw = next((given[name] for name in (need.name, *need.also) if given.get(name) not in _NOTHING), None)
        if raw is None:
            if need.required or context.must_say(need):
                errors.append((need.name, empty(need)))
            continue
        try:
            cleaned[need.name] = kind_of(workflow, need).read(context, need, raw)
        except ValueError as error:
            errors.append((need.name, str(error)))
    if errors:
        raise BadInput(say("有内容需要填写或改正。"), errors)
    return cleaned


def empty(need: Need) -> str:
    chosen = need.kind in ("choice", "many", "yes_no")
    return need.empty or (
        say("请选择{label}。", label=need.label) if chosen else say("请填写{label}。", label=need.label)
    )


def text(_context: Context, need: Need, raw: Any) -> str:
    raw = as_kept(raw) if isinstance(raw, str) else raw
    if not isinstance(raw, str) or not raw:
        raise ValueError(empty(need))
    if len(raw) < need.shortest:
        raise ValueError(say("{label}至少要{shortest}个字，请写全。", label=need.label, shortest=need.shortest))
    if len(raw) > need.longest:
        raise ValueError(
            say(
                "{label}最多{longest}字，现在有{count}字，请精简。",
                label=need.label,
                longest=need.longest,
                count=len(raw),
            )
        )
    return raw


def as_kept(raw: str) -> str:
    """Return typed text without invisible characters, such as marks that reverse the direction of text on a letter."""
    return visible(raw).strip()


def lines(context: Context, need: Need, raw: Any) -> list[str]:
    given = raw if isinstance(raw, list | tuple) else str(raw).splitlines()
    items = [text(context, need, line) for line in given if str(line).strip()]
    if not items:
        raise ValueError(empty(need))
    return items


def yes_no(_context: Context, need: Need, raw: Any) -> bool:
    if isinstance(raw, bool | str) and raw in _YES:
        return True
    if isinstance(raw, bool | str) and raw in _NO:
        return False
    raise ValueError(need.empty or say("{label}：请选“是”或“否”。", label=need.label))


def day(context: Context, need: Need, raw: Any) -> date:
    try:
        said = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(say("{label}请写成2026-03-02这样的日期。", label=need.label)) from None
    if said > context.today and not need.ahead:
        raise ValueError(say("{label}不能晚于今天。", label=need.label))
    if need.ahead and said > context.today + _FURTHEST:
        raise ValueError(say("{label}太远了，请核对年份。", label=need.label))
    if said <= context.today and need.ahead:
        raise ValueError(say("{label}应晚于今天。", label=need.label))
    if need.workday and not calendar.is_workday(said):
        then = calendar.add_workdays(said, 1).day
        raise ValueError(
            say("{label}：{said:date}不上班，请写上班的日子，例如{then:date}。", label=need.label, said=said, then=then)
        )
    if not need.ahead and (why := why_impossible(need.name, said, today=context.today)):
        raise ValueError(say("{label}：{why}，请核对年月日。", label=need.label, why=why))
    return said


def choice(_context: Context, need: Need, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in dict(need.choices):
        names = "、".join(f"{code}（{label}）" for code, label in need.choices)
        raise ValueError(need.empty or say("{label}应为{names}之一。", label=need.label, names=names))
    return raw


def whole_between(raw: Any, least: int, most: int) -> int | None:
    """Parse a whole number; None if it is not one or lies outside the bounds."""
    found = raw if isinstance(raw, int) and not isinstance(raw, bool) else whole_number(str(raw).strip())
    return found if found is not None and least <= found <= most else None


def key(raw: Any) -> int:
    """Parse a primary key; 0, which no row has, if it is not one."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit():
        raw = int(raw[:20])
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw <= LARGEST_KEY else 0


def kind_of(workflow: Workflow, need: Need) -> NeedKind:
    """Return the kind of a need. Raises `KeyError` if it is not declared."""
    return workflow.words.kinds.get(need.kind) or KINDS[need.kind]


def as_text(need: Need) -> dict[str, Any]:
    """The JSON Schema of a text."""
    return {"type": "string", "minLength": need.shortest, "maxLength": need.longest, "pattern": READABLE}


def as_key(_need: Need) -> dict[str, Any]:
    """The JSON Schema of a primary key."""
    return {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


def as_day(_need: Need) -> dict[str, Any]:
    """The JSON Schema of a date."""
    return {"type": "string", "format": "date"}


KINDS: Mapping[str, NeedKind] = {
    "text": NeedKind(text, "text", as_text),
    "list": NeedKind(lines, "lines", lambda need: {"type": "array", "minItems": 1, "items": as_text(need)}),
    "yes_no": NeedKind(yes_no, "yes_no", lambda need: {"type": "boolean"}),
    "date": NeedKind(day, "day", as_day),
    "choice": NeedKind(choice, "choice", lambda need: {"enum": [code for code, _ in need.choices]}),
}
