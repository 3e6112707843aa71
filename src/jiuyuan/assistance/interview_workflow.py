"""The workflow of an interview about abilities and wishes (四(一)), or of what the person wrote beforehand."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from jiuyuan.agencies.models import Division
from jiuyuan.agencies.queries import place_refused, places_meant
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.assistance import helped, occupations
from jiuyuan.assistance.helped import Helped, Said
from jiuyuan.assistance.models import Ability, Interview, Kind
from jiuyuan.assistance.models.vacancies import Vacancy
from jiuyuan.assistance.vacancy_inputs import MANY
from jiuyuan.characters import READABLE, whole_number
from jiuyuan.labels import texts
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.wording import say

_CLERK, _APPLICANT = frozenset({Role.CLERK}), frozenset({Role.APPLICANT})
_MOST_WISHES, _LONGEST = 10, 60
WISHES = ("occupations", "divisions", "hours", "lowest_pay", "care")

_WISHES = (
    Need("wishes", "求职意愿", "wishes", required=False),
    Need("services_wanted", "想要的服务", "many", choices=tuple(Kind.choices), required=False),
    Need(
        "limits", "健康方面的限制", required=False, longest=400,
        hint="例如：不能久站。只有帮扶您的人和作决定的复核人看得到，不写进介绍信。",
    ),
    Need("limits_consent", "同意为找工作使用健康方面的信息", "yes_no", required=False),
)  # fmt: skip
_HELD = (
    Need("on", "日期", "date"),
    Need("means", "方式", "choice", choices=tuple(texts(Interview.Means))),
    Need(
        "ability", "就业能力", "many", choices=tuple(Ability.choices),
        empty="请选就业能力，可以选几项：有市场就业能力的介绍岗位，缺乏技能的培训，想创业的扶持，难以就业的安置。",
    ),
    *_WISHES,
    Need("note", "备注", required=False),
)  # fmt: skip

TABLE = Procedure(
    tuple(State(code, label, final=code == Interview.Status.HELD) for code, label in texts(Interview.Status)),
    (
        Transition(
            "write_wishes", "填写求职意愿", frozenset(), ("wishes",), _APPLICANT, needs=_WISHES, effect="write",
            while_in=frozenset({"active"}), record="wishes_written", done="本人填写了求职意愿", result="已保存。",
            not_now="您现在不在册，不用填求职意愿。",
        ),
        Transition(
            "change_wishes", "修改求职意愿", frozenset({"wishes"}), ("wishes",), _APPLICANT, needs=_WISHES,
            effect="write", record="wishes_changed", done="本人修改了求职意愿", result="已保存。",
        ),
        Transition(
            "interview", "登记访谈", frozenset(), ("held",), _CLERK, needs=_HELD, effect="hold",
            while_in=frozenset({"active"}), record="interview_held", done="登记了访谈", result="已登记。",
            lead="问清楚能做什么、想做什么、要什么帮助。健康方面的限制，本人同意才记。",
        ),
        Transition(
            "complete", "按本人填的补齐访谈", frozenset({"wishes"}), ("held",), _CLERK, needs=_HELD, effect="hold",
            record="interview_held", done="登记了访谈", result="已登记。",
        ),
    ),
)  # fmt: skip


class InterviewOf(Helped):
    model = Interview

    @cached_property
    def before(self) -> Interview | None:
        """What the person wrote online, or the previous interview."""
        if self.subject is not None:
            found: Interview = self.subject
            return found
        rows = Interview.objects.unscoped().filter(recognition=self.recognition)
        last: Interview | None = rows.order_by("-on", "-pk").first()
        return last

    @cached_property
    def said_when_applying(self) -> list[tuple[str, str]]:
        """The wishes in the application's own columns, with labels."""
        case = Application.objects.unscoped().filter(recognition=self.recognition).first()
        if case is None:
            return []
        asked = registry.questions_of(self.recognition.area)
        labels = {detail.name: detail.label for detail in asked.details}
        return [(say(labels[name]), text) for name in asked.wishes if (text := str(case.details.get(name) or ""))]


def _wishes(context: Context, need: Need, raw: Any) -> dict[str, Any]:
    """Parse wishes: occupations and places become codes if recognised; other words are kept."""
    if not isinstance(raw, Mapping):
        raise ValueError(say("求职意愿请按职业、地区、工作时间、最低报酬分开填写。"))
    if strange := set(raw) - set(WISHES):
        raise ValueError(say("求职意愿里没有“{strange}”这一项。", strange=sorted(map(str, strange))[0][:40]))
    wanted: dict[str, Any] = {
        "occupations": [occupations.read(text) or text for text in _texts(raw.get("occupations"), say("职业"))],
        "divisions": [_place(text, context) for text in _texts(raw.get("divisions"), say("地区"))],
    }
    if hours := raw.get("hours"):
        if hours not in Vacancy.Hours.values:
            raise ValueError(say("工作时间请选全天、半天或钟点、时间灵活。"))
        wanted["hours"] = hours
    if (pay := raw.get("lowest_pay")) not in (None, ""):
        number = pay if isinstance(pay, int) and not isinstance(pay, bool) else whole_number(str(pay).strip())
        if not number:
            raise ValueError(say("最低报酬请填每月多少元的整数，例如2500。"))
        wanted["lowest_pay"] = number
    if care := str(raw.get("care") or "").strip():
        if len(care) > 200:
            raise ValueError(say("家里要照顾的情况最多200字，请精简。"))
        wanted["care"] = care
    return {name: value for name, value in wanted.items() if value}


def _as_wishes(_need: Need) -> Said:
    """The JSON Schema of wishes."""
    words = {
        "type": "array", "maxItems": _MOST_WISHES,
        "items": {"type": "string", "minLength": 1, "maxLength": _LONGEST, "pattern": READABLE},
    }  # fmt: skip
    wanted: Said = {
        "occupations": words, "divisions": words, "hours": {"enum": list(Vacancy.Hours.values)},
        "lowest_pay": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
        "care": {"type": "string", "maxLength": 200, "pattern": READABLE},
    }  # fmt: skip
    return {"type": "object", "properties": wanted, "additionalProperties": False}


def _texts(raw: Any, label: str) -> list[str]:
    given = raw if isinstance(raw, list | tuple) else str(raw or "").splitlines()
    found = [text for each in given if (text := str(each).strip())]
    if len(found) > _MOST_WISHES or any(len(text) > _LONGEST for text in found):
        raise ValueError(
            say(
                "{label}最多写{most_wishes}个，每个最多{longest}字。",
                label=label,
                most_wishes=_MOST_WISHES,
                longest=_LONGEST,
            )
        )
    return list(dict.fromkeys(found))


def _place(text: str, context: Context) -> str:
    near = context.recognition.area if isinstance(context, InterviewOf) else ""
    found = [text] if text.isdigit() else places_meant(text, near)
    if len(found) != 1:
        raise ValueError(place_refused(text, found))
    if not Division.objects.filter(code=found[0]).exists():
        raise ValueError(place_refused(text, []))
    return found[0]


def wrong_wish(context: InterviewOf, wishes: Mapping[str, Any]) -> str:
    """The wish that cannot be parsed, so that a page shows the error at its input."""
    need = next(need for need in _WISHES if need.kind == "wishes")
    for name, said in wishes.items():
        try:
            _wishes(context, need, {name: said})
        except ValueError:
            return name
    return ""


def _consented(_context: InterviewOf, said: Said) -> None:
    if said.get("limits") and not said.get("limits_consent"):
        why = say("健康方面的信息要本人单独同意才能记；不同意的，请留空。")
        raise BadInput(say("有内容需要改正。"), [("limits_consent", why)])


def _write(context: InterviewOf, said: Said) -> Said:
    if context.subject is None:
        context.subject = Interview(recognition=context.recognition, on=context.today, version=0)
    interview = context.subject
    interview.wishes, interview.services_wanted = said.get("wishes", {}), said.get("services_wanted", [])
    interview.limits = said.get("limits", "")
    return {}


def _hold(context: InterviewOf, said: Said) -> Said:
    _write(context, said)
    interview = context.subject
    interview.on, interview.means, interview.ability = said["on"], said["means"], said["ability"]
    interview.note = said.get("note", "")
    interview.held_by, interview.held_by_name = context.user, context.actor.name
    return {"on": interview.on, "means": interview.means}


INTERVIEW = register(
    Workflow(
        "interview", "这次访谈", Interview, helped.door(InterviewOf, "没有这次访谈。"), helped.holds(InterviewOf),
        Vocabulary(
            {"write": _write, "hold": _hold}, checks={"write": _consented, "hold": _consented},
            kinds={"wishes": NeedKind(_wishes, schema=_as_wishes), "many": MANY},
        ),
        things="interviews", hangs_on="recognition", named_there="interviews",
    )
)  # fmt: skip
INTERVIEW.add(TABLE)
