"""What an actor says with an action, read from a page's form or a program's JSON alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jiuyuan.agencies.provinces import ELSEWHERE
from jiuyuan.agencies.queries import place_named, platform_for
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import form_pages
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Batch
from jiuyuan.applications.needs import Need, Transition
from jiuyuan.refusals import BadInput
from jiuyuan.rules.possible_days import why_impossible

_YES = {True, "true", "yes", "1", "是", "on"}
_NO = {False, "false", "no", "0", "否"}
_LARGEST_KEY = 2**63 - 1


def read_inputs(case: Case, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """Cleaned values by the needs' own names. Raises `BadInput` naming every field that is missing or wrong."""
    cleaned: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for need in transition.needs:
        if (case.user and not need.asked_of(Role(case.user.role))) or not need.applies(cleaned):
            continue
        raw = next((given[name] for name in (need.name, *need.also) if given.get(name) not in (None, "", [])), None)
        if raw is None:
            if need.required or (need.kind == "objection" and len(case.open_objections) > 1):
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


def _missing(case: Case, need: Need, raw: Any) -> list[dict[str, str]]:
    """What is to be corrected, each with its page: the one named, else the one of which the words speak."""
    lines = raw if isinstance(raw, list | tuple) else str(raw).splitlines()
    items = []
    for line in lines:
        if isinstance(line, Mapping):
            text, page = _text(case, need, line.get("text")), line.get("page") or ""
            if page and (not isinstance(page, str) or page not in dict(need.choices)):
                raise ValueError(f"没有“{page}”这一页，应为{'、'.join(code for code, _ in need.choices)}之一。")
        elif not str(line).strip():
            continue
        else:
            text, page = _text(case, need, line), ""
        items.append({"text": text, "page": page or form_pages.page_of(text)})
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
    if day > case.today and not need.ahead:
        raise ValueError(f"{need.label}不能晚于今天。")
    if day <= case.today and need.ahead:
        raise ValueError(f"{need.label}应晚于今天。")
    if not need.ahead and (why := why_impossible(need.name, day, today=case.today)):
        raise ValueError(f"{need.label}：{why}，请核对年月日。")
    return day


def _category(case: Case, need: Need, raw: Any) -> str:
    code = raw.get("category") if isinstance(raw, Mapping) else raw
    allowed = case.verified_categories
    if code not in allowed:
        titles = {category.code: category.title for category in case.policy.categories}
        names = "、".join(f"{code}（{titles[code]}）" for code in allowed) or "无"
        raise ValueError(f"{need.label}应是核实成立的类别：{names}。")
    return str(code)


def _choice(_case: Case, need: Need, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in dict(need.choices):
        names = "、".join(f"{code}（{label}）" for code, label in need.choices)
        raise ValueError(f"{need.label}应为{names}之一。")
    return raw


def _clauses(case: Case, need: Need, raw: Any) -> list[str]:
    """Codes in the order of the notice; whether they fail is for the service to say."""
    given = list(raw) if isinstance(raw, list | tuple) else [raw]
    known = [code for code, _ in need.choices]
    if unknown := [code for code in given if not isinstance(code, str) or code not in known]:
        raise ValueError(f"没有“{str(unknown[0])[:40]}”这一条，应为{'、'.join(known)}之一。")
    return [code for code in known if code in given]


def _key(raw: Any) -> int:
    """The id that a page or a program sent; 0, which nothing has, for what is none."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit():
        raw = int(raw[:20])
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw <= _LARGEST_KEY else 0


def _objection(case: Case, _need: Need, raw: Any) -> int:
    pk = _key(raw)
    waiting = [objection.pk for objection in case.open_objections]
    if waiting and pk not in waiting:
        raise ValueError(f"这份申请没有这条待处理的异议，待处理的是{'、'.join(map(str, waiting))}。")
    return pk


def _material(case: Case, need: Need, raw: Any) -> int:
    pk = _key(raw)
    if not any(material.pk == pk and need.of in ("", material.kind) for material in case.materials):
        raise ValueError(f"请先上传{need.label}，再选那一份。")
    return pk


def _platform(case: Case, need: Need, raw: Any) -> str:
    """The code of a platform; of a place outside the province, where there is none of ours, that of the place."""
    said = raw.strip() if isinstance(raw, str) else ""
    code = place_named(said) or said
    agency = platform_for(code) if code.isascii() and code.isdigit() else None
    if agency is not None and agency.pk == case.application.agency_id:
        raise ValueError("这就是本平台，不能以不在本平台辖区为由不予受理。")
    if agency is not None:
        return agency.code
    if (elsewhere := f"{code[:2]}0000") in ELSEWHERE:
        return elsewhere
    raise ValueError(f"{need.label}：请写到街道（乡镇），例如长春市南关区南岭街道，或区划代码220102001；外省的写到省。")


_READERS = {
    "text": _text,
    "list": _list,
    "missing": _missing,
    "yes_no": _yes_no,
    "date": _date,
    "category": _category,
    "choice": _choice,
    "clauses": _clauses,
    "objection": _objection,
    "material": _material,
    "platform": _platform,
}
