"""One's own data: what is stored, its sources, who looked at it, and how to have it corrected."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Look
from jiuyuan.people.facts import standing
from jiuyuan.people.id_numbers import grouped
from jiuyuan.people.models import Document, Fact, HouseholdMember, Person
from jiuyuan.portal.access import for_applicants
from jiuyuan.portal.correction_request import asked_by
from jiuyuan.portal.questions import in_words
from jiuyuan.regions import registry
from jiuyuan.rules.facts import FACTS
from jiuyuan.templatetags.plain import bare_day
from jiuyuan.wording import say

_MOST_LOOKS = 50
#: Why staff in a role look at files.
_LOOKS_FOR: dict[str, str] = {
    Role.CHANNEL: "代您提交和查询申请",
    Role.CLERK: "受理、初审和帮扶",
    Role.REVIEWER: "复核认定",
    Role.SUPERVISOR: "监督检查",
    Role.PROVINCE: "监督检查",
    Role.AUDITOR: "审计",
    Role.FINANCE: "发放补贴",
}
#: The suffix of looks by programs in the record.
_BY_PROGRAM = "（接口）"


@for_applicants
def information(request: HttpRequest) -> HttpResponseBase:
    """All data in words; errors are not changed here but requested to be corrected."""
    user = request.user
    assert isinstance(user, User)
    person = Person.objects.visible_to(user).select_related("agency").first()
    if person is None:
        return render(request, "portal/information_empty.html")
    numbers = Application.objects.visible_to(user).values_list("number", flat=True)
    files = [person.file, *(f"application:{number}" for number in numbers)]
    looks = Look.objects.of(*files).exclude(role=Role.APPLICANT)
    documents = Document.objects.visible_to(user).filter(person=person)
    context = {
        "person": person,
        "about": _about(person),
        "facts": _facts(list(Fact.objects.visible_to(user).filter(person=person))),
        "corrections": asked_by(user),
        "household": list(HouseholdMember.objects.visible_to(user).filter(person=person)),
        "documents": [
            {"label": registry.materials()[d.kind], "pages": d.pages, "added_at": d.added_at} for d in documents
        ],
        "looks": _looks(looks[:_MOST_LOOKS]),
    }
    return render(request, "portal/information.html", context)


def _looks(looks: Iterable[Look]) -> list[dict[str, Any]]:
    """The looks, latest first; several looks by one officer at the same page on one day are combined and counted."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    looks = list(looks)
    officers = User.objects.filter(username__in={look.actor for look in looks}, agency__isnull=False)
    offices = dict(officers.values_list("username", "agency__name"))
    for look in looks:
        same = (look.actor, look.role, look.what, look.unmasked, timezone.localdate(look.at))
        row = found.setdefault(
            same,
            {
                "look": look,
                "office": offices.get(look.actor, ""),
                "role": Role(look.role).label,
                "what": look.what.removesuffix(_BY_PROGRAM),
                "by_program": look.what.endswith(_BY_PROGRAM),
                "purpose": say(_LOOKS_FOR[look.role]),
                "times": 0,
            },
        )
        row["times"] += 1
    return list(found.values())


def _about(person: Person) -> list[dict[str, Any]]:
    return [
        {"key": say("姓名"), "value": person.name},
        {"key": say("性别"), "value": person.get_sex_display()},
        {
            "key": say("身份证号码"),
            "value": grouped(person.id_number),
            "note": say("姓名、号码写错了的，带身份证到窗口，当场改。"),
        },
        {"key": say("出生日期"), "value": bare_day(person.birth_date)},
        {
            "key": say("联系电话"),
            "value": person.phone,
            "change_url": reverse("portal:phone"),
            "change_label": say("改电话"),
        },
        {
            "key": say("常住地址"),
            "value": person.address,
            "change_url": reverse("portal:address"),
            "change_label": say("改地址"),
        },
        {"key": say("常住地平台"), "value": person.agency.name},
    ]


def _facts(recorded: list[Fact]) -> list[dict[str, Any]]:
    """Each fact with its best source and differing statements, in the order of the rules."""
    known = standing(recorded)
    rows = []
    for name, fact in FACTS.items():
        if name not in known or fact.origin == "id_number":
            continue
        item = known[name]
        others = [other for other in item.current if other != item.best] if item.contradicted else []
        rows.append(
            {
                "key": say(fact.label),
                "value": in_words(fact, item.best.value),
                "source": item.best.source,
                "evidence": _evidence(item.best),
                "others": [
                    {"value": in_words(fact, other.value), "source": other.source, "evidence": _evidence(other)}
                    for other in others
                ],
                "note": say("您已提出异议，查清之前不作数。") if item.disputed else "",
                "change_url": f"{reverse('portal:put_right')}?what={name}" if fact.recordable else "",
                "change_label": say("更正"),
            }
        )
    return rows


def _evidence(fact: Fact) -> str:
    """The day, author and evidence, without repeating the day."""
    whose = "" if fact.evidence.startswith(fact.department) else fact.department
    said = "，".join(part for part in (whose, fact.evidence) if part)
    day = bare_day(fact.observed_on)
    named = day in said or fact.observed_on.isoformat() in said
    return "，".join(part for part in ("" if named else day, said) if part)
