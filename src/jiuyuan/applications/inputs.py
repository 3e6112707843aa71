"""Input of case transitions beyond text, dates and choices: papers, clauses, objections, platforms."""

from collections.abc import Mapping
from typing import Any

from jiuyuan.agencies.queries import elsewhere, place_named, platform_for
from jiuyuan.applications import failing, form_pages
from jiuyuan.applications.case import Case
from jiuyuan.people.contact import same_name
from jiuyuan.procedures.reading import as_key, as_text, empty, key, text, yes_no
from jiuyuan.procedures.table import Need, NeedKind
from jiuyuan.regions import registry
from jiuyuan.rules.policy import Policy
from jiuyuan.wording import say


def _missing(case: Case, need: Need, raw: Any) -> list[dict[str, str]]:
    """Parse the items to be corrected, each with its page: the one given, else the one its text refers to."""
    if not isinstance(raw, list | tuple | str):
        raise ValueError(say("{label}：请一行写一项，或列成一个清单。", label=need.label))
    lines, pages = raw.splitlines() if isinstance(raw, str) else raw, form_pages.pages(case.questions)
    items = []
    for line in lines:
        if isinstance(line, Mapping):
            words, page = text(case, need, line.get("text")), line.get("page") or ""
            if page and (not isinstance(page, str) or page not in pages):
                raise ValueError(say("没有“{page}”这一页，应为{pages}之一。", page=page, pages=pages))
        elif not str(line).strip():
            continue
        else:
            words, page = text(case, need, line), ""
        items.append({"text": words, "page": page or form_pages.page_of(words, case.questions)})
    if not items:
        raise ValueError(empty(need))
    return items


def _category(case: Case, need: Need, raw: Any) -> str:
    code = raw.get("category") if isinstance(raw, Mapping) else raw
    allowed = case.verified_categories
    if code not in allowed:
        titles = case.policy.titles
        names = "、".join(f"{code}（{titles[code]}）" for code in allowed) or say("无")
        raise ValueError(say("{label}应是核实成立的类别：{names}。", label=need.label, names=names))
    return str(code)


def _clauses(case: Case, need: Need, raw: Any) -> list[str]:
    """Parse clause codes into the order of the notice; the service checks whether they fail."""
    given = list(raw) if isinstance(raw, list | tuple) else [raw]
    known = [code for code, _ in clause_choices(need, case.policy)]
    if unknown := [code for code in given if not isinstance(code, str) or code not in known]:
        raise ValueError(say("没有“{unknown}”这一条，应为{known}之一。", unknown=str(unknown[0])[:40], known=known))
    return [code for code in known if code in given]


def _objection(case: Case, _need: Need, raw: Any) -> int:
    pk = key(raw)
    waiting = [objection.pk for objection in case.open_objections]
    if waiting and pk not in waiting:
        raise ValueError(say("这份申请没有这条待处理的异议，待处理的是{waiting}。", waiting=map(str, waiting)))
    return pk


def _material(case: Case, need: Need, raw: Any) -> int:
    pk = key(raw)
    if not any(material.pk == pk and need.of in ("", material.kind) for material in case.materials):
        raise ValueError(say("请先上传{label}，再选那一份。", label=need.label))
    return pk


def _platform(case: Case, need: Need, raw: Any) -> str:
    """Parse the code of a platform, or of a place outside the province, which has no platform here."""
    said = raw.strip() if isinstance(raw, str) else ""
    code = place_named(said) or said
    agency = platform_for(code) if code.isascii() and code.isdigit() else None
    if agency is not None and agency.pk == case.application.agency_id:
        raise ValueError(say("这就是本平台，不能以不在本平台辖区为由不予受理。"))
    if agency is not None:
        return agency.code
    if (province := f"{code[:2]}0000") in elsewhere():
        return province
    code, name = case.place.example
    raise ValueError(
        say(
            "{label}：请写到街道（乡镇），例如{name}，或区划代码{code}；外省的写到省。",
            label=need.label,
            name=name,
            code=code,
        )
    )


def _signature(case: Case, need: Need, raw: Any) -> str:
    written, signed, agent = text(case, need, raw), case.person.name, case.agent
    if same_name(written, signed) or (agent and same_name(written, agent.name)):
        return written
    if agent:
        raise ValueError(
            say(
                "本人签的，写本人的姓名“{signed}”；代办人签的，写代办人自己的姓名“{agent}”。",
                signed=signed,
                agent=agent.name,
            )
        )
    raise ValueError(say("请写上您的姓名“{signed}”，和身份证上一样，就是签名。", signed=signed))


def _consent(case: Case, need: Need, raw: Any) -> bool:
    if not yes_no(case, need, raw):
        raise ValueError(empty(need))
    return True


def clause_choices(need: Need, rules: Policy | None = None, region: str = "") -> tuple[tuple[str, str], ...]:
    """The clauses that a need may name: any that can be in doubt, or those for refusals,
    which include special cases.
    """
    codes = failing.codes(rules)
    return codes if need.of == "any" else (*codes, (failing.SPECIAL_CASE, failing.special_case_in_words(region)))


def _missing_item(need: Need) -> dict[str, Any]:
    """The JSON Schema of an item to be corrected, with its page or paper."""
    return {
        "type": "object",
        "required": ["text"],
        "properties": {"text": as_text(need), "page": {"enum": list(form_pages.every_page())}},
        "additionalProperties": False,
    }


def _codes_of_clauses(need: Need) -> dict[str, Any]:
    codes = [code for code, _ in clause_choices(need)]
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": codes}}


def _entry(_need: Need) -> dict[str, Any]:
    """The JSON Schema of the county's entry (contract of the API)."""
    return {
        "type": "object",
        "required": ["category"],
        "properties": {"category": {"enum": list(registry.categories())}},
        "additionalProperties": False,
    }


KINDS: dict[str, NeedKind] = {
    "missing": NeedKind(
        _missing, "corrections",
        lambda need: {"type": "array", "minItems": 1, "items": {"anyOf": [as_text(need), _missing_item(need)]}},
    ),
    "category": NeedKind(_category, "choice", _entry),
    "clauses": NeedKind(_clauses, "clauses", _codes_of_clauses),
    "objection": NeedKind(_objection, "choice", as_key),
    "signature": NeedKind(_signature, "text", as_text),
    "consent": NeedKind(_consent, "yes_no", lambda need: {"type": "boolean"}),
    "material": NeedKind(_material, "choice", as_key),
    "platform": NeedKind(_platform, "text", lambda need: {"type": "string", "pattern": "^[0-9]{2,12}$"}),
}  # fmt: skip
