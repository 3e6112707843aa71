"""The review page: the whole form before signing, with links to change each answer."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from jiuyuan.applications.case import Case
from jiuyuan.people.id_numbers import grouped
from jiuyuan.portal import sections
from jiuyuan.portal.access import for_applicants, is_editable, own_case
from jiuyuan.portal.corrections import corrections
from jiuyuan.portal.outlook import outlook
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.policy import PARTS
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

# The pages required for submission, beside the papers.
_NEEDED = frozenset({"contact", "categories", "household"})


@for_applicants
def review(request: HttpRequest, number: str) -> HttpResponseBase:
    """The whole form on one page, before signing."""
    case = own_case(request, number)
    if not is_editable(case):
        return redirect("portal:progress", number)
    steps = sections.steps(case)
    materials = {step.code for step in sections.material_steps(case)}
    missing = [step for step in steps if step.lacking and (step.code in materials or step.code in _NEEDED)]
    groups = _groups(case, steps)
    context = {
        "case": case,
        "application": case.application,
        "groups": [_shortened(group) for group in groups],
        "blank": [row for group in groups for row in group["rows"] if row.get("blank")],
        "materials": _materials(case),
        "missing": missing,
        "corrections": corrections(case),
        "contradiction": case.family_contradiction,
        "outlook": outlook(case),
        **sections.part(min((step.part for step in missing), default=len(sections.PARTS))),
    }
    return render(request, "portal/review.html", context)


def _groups(case: Case, steps: list[sections.FormStep]) -> list[dict[str, Any]]:
    person = case.person
    titles = case.policy.titles
    urls = {step.code: f"{step.url}?back=form" for step in steps}
    who = [
        {"key": say("姓名"), "value": person.name},
        {
            "key": say("身份证号码"),
            "value": grouped(person.id_number),
            "note": say("姓名、号码写错了的，带身份证到窗口，当场改。"),
        },
        {
            "key": say("办理平台"),
            "value": case.application.agency.name,
            **_elsewhere(case),
        },
        {"key": say("联系电话"), "value": case.phone, "change_url": urls["contact"]},
        {"key": say("常住地址"), "value": case.address, "change_url": urls["contact"]},
        {
            "key": say("申请类别"),
            "value": "、".join(titles[code] for code in case.application.categories),
            "change_url": urls["categories"],
        },
    ]
    groups: list[dict[str, Any]] = [{"title": say("您是谁"), "rows": who, "folded": True}]
    needed, open_still = sections.needed_facts(case), sections.open_facts(case)
    for topic in case.questions.topics:
        names = case.questions.facts(topic, needed)
        if not names:
            continue
        rows: list[dict[str, Any]] = [
            {
                "key": say(FACTS[name].question),
                "value": sections.said(case, name),
                "short": _in_short(case, name),
                "change_url": urls[topic.code],
            }
            for name in names
            if sections.answer(case, name) is not None or (name in open_still and not FACTS[name].optional)
        ]
        rows += [_column(case, name, urls[topic.code]) for name in topic.details]
        groups.append({"title": topic.title, "rows": rows, "folded": True})
    members = "、".join(f"{m.relation}{m.name}" + (f"（{m.state}）" if m.state else "") for m in case.household)
    home = [{"key": say("家庭成员"), "value": members or say("没有填家里人"), "change_url": urls["household"]}]
    wishes = [_column(case, name, urls["wishes"]) for name in case.questions.wishes]
    helper = case.agent
    home.append(
        {
            "key": say("帮您办的人"),
            "value": f"{helper.relation}{helper.name}，{helper.phone}" if helper else say("自己办"),
            "change_url": urls["agent"],
        }
    )
    wished = [{"title": say("想做什么工作"), "rows": wishes, "folded": True}] if wishes else []
    return [*groups, {"title": say("家里人"), "rows": home, "folded": True}, *wished]


def _shortened(group: dict[str, Any]) -> dict[str, Any]:
    """A group without empty answers, in one line if each answer is self-explanatory."""
    rows = [row for row in group["rows"] if not row.get("blank")]
    known = all(row["value"] for row in rows) and group["folded"]
    return {
        **group,
        "rows": rows,
        "short": "，".join(row.get("short") or row["value"] for row in rows) if known else "",
    }


def _in_short(case: Case, name: str) -> str:
    fact, value = FACTS[name], sections.answer(case, name)
    return say((fact.yes if value else fact.no) if fact.kind == "boolean" and value is not None else "")


def _column(case: Case, name: str, url: str) -> dict[str, Any]:
    """A form column that does not affect the decision; empty ones are listed apart (`blank`)."""
    value = case.application.details.get(name)
    if value and case.questions.by_name[name].day:
        value = bare_day(date.fromisoformat(value))
    return {
        "key": sections.detail_label(case, name),
        "value": value or say("没有填"),
        "change_url": url,
        "change_label": "" if value else say("去填"),
        "blank": not value,
    }


def _elsewhere(case: Case) -> dict[str, str]:
    """The link to change the platform, before submission."""
    application = case.application
    return {} if application.submitted_on else {"change_url": reverse("portal:place", args=[application.number])}


def _materials(case: Case) -> list[dict[str, Any]]:
    rows = []
    for step in sections.material_steps(case):
        kinds = _kinds(case, step.code)
        count = sum(material.kind in kinds for material in case.materials)
        if step.code == "other" and not count:
            continue
        url = f"{step.url}?back=form"
        lacking = [say(PARTS[part]) for part in sections.lacking_parts(case, kinds[0])] if count else []
        label = say("看看") if count and not lacking else say("去拍")
        value = say("{count}张", count=count) if count else say("还没有")
        if lacking:
            value = say("{count}张，还差{lacking}", count=count, lacking=lacking)
        rows.append({"key": step.title, "value": value, "change_url": url, "change_label": label})
    return rows


def _kinds(case: Case, code: str) -> tuple[str, ...]:
    return next((r.any_of for r in case.required_materials if r.any_of[0] == code), (code,))
