"""The workflow of an entered value: entered, tried, confirmed by a second person; replaced or withdrawn later."""

from datetime import date
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.labels import texts
from jiuyuan.oversight import parameter_inputs as inputs
from jiuyuan.oversight import parameter_texts as texts_of
from jiuyuan.oversight.models import Parameter
from jiuyuan.oversight.parameter_trial import whom_it_touches
from jiuyuan.oversight.provision_workflow import OfProvision, door_to, end, known_at_once, new_draft, try_with
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Choices, Guard, Need, OtherEyes, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import sign
from jiuyuan.refusals import BadInput
from jiuyuan.rules import calendar
from jiuyuan.wording import for_record, say

Said = dict[str, Any]
Kind = Parameter.Kind
_PROVINCE, _ABOVE = frozenset({Role.PROVINCE}), frozenset({Role.SUPERVISOR, Role.PROVINCE})
_ALL = _ABOVE | {Role.REVIEWER}
_DRAFT, _IN_FORCE = frozenset({"draft"}), frozenset({"in_force"})
_DOCUMENT = Need("document", "依据", longest=200, hint="文件的名称和文号，例如：吉政办函〔2027〕12号。")
_DRAFTED: dict[str, Any] = {
    "lead": "登记以后马上试算涉及多少人，由另一人对照依据确认才起作用。",
    "record": "parameter_drafted", "done": "登记了参数", "result": "已登记，等另一人确认。确认以前不起作用。",
}  # fmt: skip
#: The act that enters each kind.
DRAFTS = {
    Kind.WAGE: "draft_wage",
    Kind.LIMIT: "draft_limit",
    Kind.HOLIDAYS: "draft_holidays",
    Kind.WORD: "draft_word",
    Kind.LETTER: "draft_letter",
    Kind.TEXT: "draft_text",
}

TABLE = Procedure(
    tuple(State(code, label, final=code in ("dropped", "withdrawn")) for code, label in texts(Parameter.Status)),
    (
        Transition(
            "draft_wage", "登记最低工资标准", frozenset(), ("draft",), _PROVINCE, **_DRAFTED,
            needs=(
                Need(
                    "figures", "各地的月最低工资标准", "places", longest=2000,
                    hint="每行一档：先写数额，再写这一档的地方。没有写到的地方不变。",
                ),
                Need("since", "执行日期", "any_day", hint="照文件写，可以是已经过去的日子。"),
                _DOCUMENT,
            ),
        ),
        Transition(
            "draft_limit", "登记期限或数额", frozenset(), ("draft",), _PROVINCE, **_DRAFTED,
            needs=(
                Need("limit", "哪一项", "limit"),
                Need("value", "定为", "figure", hint="只填数字，单位见上面的名称。"),
                Need("since", "执行日期", "date", ahead=True, hint="明天或以后，不溯及以前。"),
                _DOCUMENT,
            ),
        ),
        Transition(
            "draft_holidays", "登记放假安排", frozenset(), ("draft",), _PROVINCE, **_DRAFTED,
            needs=(
                Need("year", "哪一年", "year"),
                Need(
                    "holidays", "放假的日子", "days", longest=60,
                    hint="每行一天或一段，例如：2027-01-01，或2027-02-05至2027-02-12。",
                ),
                Need(
                    "workdays", "调休上班的日子", "days", required=False, longest=60,
                    hint="原来是周六、周日，安排上班的。没有就不填。",
                ),
                _DOCUMENT,
            ),
        ),
        Transition(
            "draft_word", "登记部门数据的词", frozenset(), ("draft",), _ALL, **_DRAFTED,
            needs=(
                Need("word", "文件里写的词", "word", longest=40, hint="照文件里的原样。"),
                Need("meaning", "意思", "meaning"),
                Need("document", "依据", longest=200, hint="怎么知道是这个意思，例如：民政局王科长2026年12月1日电话答复。"),
            ),
        ),
        Transition(
            "draft_letter", "改告知书的用语", frozenset(), ("draft",), texts_of.MAY_DRAFT_LETTER, **_DRAFTED,
            needs=(*texts_of.LETTER_NEEDS, _DOCUMENT),
        ),
        Transition(
            "draft_text", "改机构名称、电话和说明", frozenset(), ("draft",), texts_of.MAY_DRAFT_TEXT, **_DRAFTED,
            needs=(*texts_of.TEXT_NEEDS, _DOCUMENT),
        ),
        Transition(
            "try_parameter", "重新试算", _DRAFT, ("draft",), _ALL, effect="try",
            lead="按现在的数据再算一次涉及多少人，不改变任何办理。",
            record="parameter_tried", done="重新试算了参数", result="已试算，结果在本页。",
        ),
        Transition(
            "confirm_parameter", "确认", _DRAFT, ("in_force",), _ABOVE, effect="confirm", before="drafted", emphasis="main",
            guards=("tried_today", "not_past"),
            lead="请对照文件核对。确认以后不能改，只能登记新的，或者撤回。",
            record="parameter_confirmed", done="确认了参数", result="已确认，从执行日期起按它办。",
        ),
        Transition(
            "drop_parameter", "放弃", _DRAFT, ("dropped",), _ALL, effect="drop", lead="这一份不再等人确认，也没有起过作用。",
            needs=(Need("reason", "理由", longest=400),),
            record="parameter_dropped", done="放弃了登记的参数", result="已放弃，没有起作用。",
        ),
        Transition(
            "withdraw_parameter", "撤回", _IN_FORCE, ("withdrawn",), _ABOVE, effect="withdraw", before="confirmed",
            needs=(Need("reason", "撤回的理由", longest=400),), emphasis="grave",
            lead="期限、数额和工资从明天起按登记以前的办，放假安排、词、用语和说明马上不再用；以前按它办的不变。由确认人以外的人撤回。",
            record="parameter_withdrawn", done="撤回了参数", result="已撤回。",
        ),
    ),
)  # fmt: skip


class OfParameter(OfProvision):
    """The context of an entered value, which is locked. `about`, `word`: initial values of the form."""

    about: str = ""
    word: str = ""

    def choices(self, need: Need) -> Choices:
        if need.kind == "limit":
            known = inputs.limits(self)
            return tuple((name, label) for name, label in known.items() if self.about in ("", name))
        if need.kind in ("letter", "text_name"):
            known = dict(texts_of.letters(self.area)) if need.kind == "letter" else texts_of.TEXTS
            return tuple((name, label) for name, label in known.items() if self.about in ("", name))
        return inputs.meanings(self.about) if need.kind == "meaning" else need.choices

    def suggested(self, transition: Transition) -> Said:
        if transition.action == "draft_wage" and (table := inputs.wages(self)) is not None:
            now = {code: one.value for code, one in table.on(self.today).items()}
            return {"figures": inputs.as_lines(now, table.places)}
        if transition.action == "draft_holidays":
            known = calendar.published_years()
            return {"year": next(year for year in range(self.today.year, 10_000) if year not in known)}
        own = {"draft_limit": {"limit": self.about}, "draft_word": {"word": self.word}}
        return own.get(transition.action) or texts_of.suggested(self, transition.action, self.about)


_try = try_with(whom_it_touches)


def _new(context: OfParameter, kind: Kind, name: str, title: str, value: Said, document: str, since: date) -> None:
    row = new_draft(context, Parameter)
    row.kind, row.name, row.title, row.value, row.document, row.since = kind, name, title[:160], value, document, since
    sign(context, row, "drafted")
    _try(context, {})


def _draft_wage(context: OfParameter, said: Said) -> None:
    value = {"figures": said["figures"], "places": inputs.places(context)}
    title = for_record("月最低工资标准（{since:date}起）", since=said["since"])
    _new(context, Kind.WAGE, "", title, value, said["document"], said["since"])


def _draft_limit(context: OfParameter, said: Said) -> None:
    label = inputs.limits(context)[said["limit"]]
    _new(context, Kind.LIMIT, said["limit"], label, {"value": said["value"]}, said["document"], said["since"])


def _draft_holidays(context: OfParameter, said: Said) -> None:
    value = {"holidays": said["holidays"], "workdays": said.get("workdays", [])}
    title = for_record("{year}年放假安排", year=said["year"])
    _new(context, Kind.HOLIDAYS, str(said["year"]), title, value, said["document"], context.today)


def _draft_word(context: OfParameter, said: Said) -> None:
    kind, column, code = said["meaning"].split(".")
    title = for_record("“{word}”：{meaning}", word=said["word"], meaning=dict(inputs.meanings(kind))[said["meaning"]])
    value = {"column": column, "code": code, "word": said["word"]}
    _new(context, Kind.WORD, kind, title, value, said["document"], context.today)


def _draft_letter(context: OfParameter, said: Said) -> None:
    _new(context, Kind.LETTER, *texts_of.letter_of(context, said), said["document"], said["since"])


def _draft_text(context: OfParameter, said: Said) -> None:
    _new(context, Kind.TEXT, *texts_of.text_of(context, said), said["document"], said["since"])


def _limit_is_sound(context: OfParameter, said: Said) -> None:
    if inputs.YES_OR_NO in inputs.limits(context)[said["limit"]] and said["value"] not in (0, 1):
        raise BadInput(say("有内容需要改正。"), [("value", say("这一项只能填1或0。"))])


def _plan_is_sound(_context: OfParameter, said: Said) -> None:
    holidays, workdays = map(date.fromisoformat, said["holidays"]), map(date.fromisoformat, said.get("workdays", []))
    off, on = set(holidays), set(workdays)
    errors = [
        (field, say("{day:date}不在{year}年。", day=day, year=said["year"]))
        for field, found in (("holidays", off), ("workdays", on))
        for day in sorted(found)
        if day.year != said["year"]
    ][:1]
    if both := sorted(off & on):
        errors.append(("workdays", say("{day:date}既放假又上班，请核对。", day=both[0])))
    if in_the_week := sorted(day for day in on if day.weekday() < 5):
        errors.append(("workdays", say("{day:weekday}本来就上班，不用写。", day=in_the_week[0])))
    if len(off) < inputs.FEWEST_HOLIDAYS:
        errors.append(("holidays", say("全年的放假日子都要写上，现在只有{count}天。", count=len(off))))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _confirm(context: OfParameter, _said: Said) -> None:
    sign(context, context.subject, "confirmed")


def _drop(context: OfParameter, said: Said) -> None:
    context.subject.reason = said["reason"]


def _tried_today(context: OfParameter) -> str | None:
    return None if context.subject.tried_on == context.today else say("试算不是今天的，请先重新试算，看看涉及多少人。")


def _not_past(context: OfParameter) -> str | None:
    row = context.subject
    if row.kind not in (Kind.LIMIT, Kind.LETTER, Kind.TEXT) or row.since > context.today:
        return None
    return say("执行日期{day:date}已经到了。请放弃这一份，重新登记以后的日子。", day=row.since)


PARAMETER = register(
    Workflow(
        "parameter", "这项参数", Parameter,
        door_to(Parameter, OfParameter, "没有这项参数。"), OfParameter,
        Vocabulary(
            {
                "draft_wage": _draft_wage, "draft_limit": _draft_limit, "draft_holidays": _draft_holidays,
                "draft_word": _draft_word, "draft_letter": _draft_letter, "draft_text": _draft_text, "try": _try, "confirm": _confirm, "drop": _drop, "withdraw": end,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("tried_today", "not_tried", _tried_today, "重新试算"),
                    Guard("not_past", "too_late", _not_past),
                )
            },
            checks={"draft_limit": _limit_is_sound, "draft_holidays": _plan_is_sound, "draft_letter": texts_of.letter_is_sound, "draft_text": texts_of.text_is_sound},
            before={
                "drafted": OtherEyes(
                    lambda context: [context.subject.drafted_by], "这一项是您登记的，须由另一人对照文件确认。"
                ),
                "confirmed": OtherEyes(
                    lambda context: [context.subject.confirmed_by], "这一项是您确认的，须由另一人撤回。"
                ),
            },
            after={"confirm": known_at_once, "withdraw": known_at_once},
            kinds=inputs.KINDS | texts_of.KINDS,
        ),
        things="parameters",
    )
)  # fmt: skip
PARAMETER.add(TABLE)
