"""What an actor says with an action, read from a page's form or a program's JSON alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Batch
from jiuyuan.applications.transitions import Need, Transition
from jiuyuan.refusals import BadInput

_YES = {True, "true", "yes", "1", "是", "on"}
_NO = {False, "false", "no", "0", "否"}


def read_inputs(case: Case, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """Cleaned values by the needs' own names. Raises `BadInput` naming every field that is missing or wrong."""
    cleaned: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for need in transition.needs:
        if case.user and not need.asked_of(Role(case.user.role)):
            continue
        raw = next((given[name] for name in (need.name, *need.also) if given.get(name) not in (None, "", [])), None)
        if raw is None:
            if need.required:
                errors.append((need.name, f"请填写{need.label}。"))
            continue
        try:
            cleaned[need.name] = _READERS[need.kind](case, need, raw)
        except ValueError as error:
            errors.append((need.name, str(error)))
    if errors:
        raise BadInput("有内容需要填写或改正。", errors)
    if isinstance(given.get("batch"), Batch):
        cleaned["batch"] = given["batch"]
    return cleaned


def _text(_case: Case, need: Need, raw: Any) -> str:
    text = "；".join(map(str, raw)) if isinstance(raw, list | tuple) else raw
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"请填写{need.label}。")
    if len(text) > need.longest:
        raise ValueError(f"{need.label}最多{need.longest}字，现在有{len(text)}字，请精简。")
    return text.strip()


def _list(case: Case, need: Need, raw: Any) -> list[str]:
    lines = raw if isinstance(raw, list | tuple) else str(raw).splitlines()
    items = [_text(case, need, line) for line in lines if str(line).strip()]
    if not items:
        raise ValueError(f"请填写{need.label}。")
    return items


def _yes_no(_case: Case, need: Need, raw: Any) -> bool:
    if isinstance(raw, bool | str) and raw in _YES:
        return True
    if isinstance(raw, bool | str) and raw in _NO:
        return False
    raise ValueError(f"{need.label}：请选“是”或“否”。")


def _date(case: Case, need: Need, raw: Any) -> date:
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValueError(f"{need.label}请写成2026-03-02这样的日期。") from None
    if day > case.today:
        raise ValueError(f"{need.label}不能晚于今天。")
    return day


def _category(case: Case, need: Need, raw: Any) -> str:
    code = raw.get("category") if isinstance(raw, Mapping) else raw
    allowed = case.verified_categories
    if code not in allowed:
        titles = {category.code: category.title for category in case.policy.categories}
        names = "、".join(f"{code}（{titles[code]}）" for code in allowed) or "无"
        raise ValueError(f"{need.label}应是核实成立的类别：{names}。")
    return str(code)


_READERS = {"text": _text, "list": _list, "yes_no": _yes_no, "date": _date, "category": _category}
