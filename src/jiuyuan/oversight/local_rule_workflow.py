"""The workflow of a city's rule: drafted, tried, published, over (六). It may not undercut the notice."""

from datetime import date
from typing import Any

from django.db import transaction

from jiuyuan.agencies.roles import Role
from jiuyuan.applications import nightly
from jiuyuan.labels import texts
from jiuyuan.oversight.local_rule_trial import whom_it_touches
from jiuyuan.oversight.models import LocalRule
from jiuyuan.oversight.provision_workflow import OfProvision, door_to, end, known_at_once, new_draft, try_with
from jiuyuan.procedures import engine
from jiuyuan.procedures.reading import whole_between
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import (
    NOTHING,
    Choices,
    Guard,
    Need,
    NeedKind,
    OtherEyes,
    Procedure,
    State,
    Transition,
    Vocabulary,
)
from jiuyuan.procedures.who_acted import accounts_in, sign
from jiuyuan.refusals import BadInput, GuardNotMet
from jiuyuan.regions import registry
from jiuyuan.rules.parameters import Figure
from jiuyuan.wording import say

Said = dict[str, Any]
_PUBLISHES = frozenset({Role.SUPERVISOR, Role.PROVINCE})
_WRITTEN_BY = ("local_rule_drafted", "local_rule_revised", "local_rule_limit_set", "local_rule_limit_left")
_SUPERVISOR, _DRAFT = frozenset({Role.SUPERVISOR}), frozenset({"draft"})
_MOST = 3650
_CONTENT = (
    Need("title", "名称", longest=120),
    Need("document", "文号", longest=60, hint="例如：长人社规〔2026〕3号。"),
    Need("text", "正文", longest=20_000, hint="公布出去就是这些字，写给群众看得懂的话。"),
    Need("since", "施行日期", "date", ahead=True, hint="公布以后的日子，不溯及以前。"),
    Need("until", "有效期至", "date", ahead=True, hint="到这一天为止，第二天起不再适用。"),
)  # fmt: skip
_WHICH = Need("limit", "哪一项", "limit")
_BOUNDS = {
    "at_most": "{label}：不能长于{value}（{source}）",
    "at_least": "{label}：不能短于{value}（{source}）",
    "any": "{label}：现在是{value}（{source}）",
}
_LAXER = {
    "at_most": "{label}不能长于{value}：{source}。细则可以更短，不能更长。",
    "at_least": "{label}不能短于{value}：{source}。细则可以更长，不能更短。",
}

TABLE = Procedure(
    tuple(State(code, label, final=code in ("expired", "withdrawn")) for code, label in texts(LocalRule.Status)),
    (
        Transition(
            "draft_rule", "起草细则", frozenset(), ("draft",), _SUPERVISOR, needs=_CONTENT, effect="write",
            record="local_rule_drafted", done="起草了操作细则", result="已存为草稿。公布以前不起作用。",
        ),
        Transition(
            "revise_rule", "修改", _DRAFT, ("draft",), _SUPERVISOR, needs=_CONTENT, effect="write",
            record="local_rule_revised", done="修改了操作细则", result="已修改，公布以前要重新试算。",
        ),
        Transition(
            "set_limit", "改一项期限", _DRAFT, ("draft",), _SUPERVISOR,
            needs=(_WHICH, Need("value", "改成", "figure", hint="只填数字。")),
            lead="只列出本省文件允许各地自己定的。比本省文件宽的不收。",
            record="local_rule_limit_set", done="改了一项期限", result="已记下，公布以前要重新试算。",
        ),
        Transition(
            "leave_limit", "不改这一项", _DRAFT, ("draft",), _SUPERVISOR, needs=(_WHICH,), guards=("changes_something",),
            record="local_rule_limit_left", done="不再改一项期限", result="已去掉，公布以前要重新试算。",
        ),
        Transition(
            "try_rule", "试算", _DRAFT, ("draft",), _SUPERVISOR, lead="按现在的数据算一算会涉及多少人，不改变任何办理。",
            record="local_rule_tried", done="试算了操作细则", result="已试算，结果在本页。",
        ),
        Transition(
            "publish_rule", "公布", _DRAFT, ("published",), _PUBLISHES, effect="publish", before="written", emphasis="main",
            guards=("tried", "begins_ahead", "not_below", "one_at_a_time"),
            lead="公布以后不能再改，只能废止。从施行那天起，本市的办理按它算期限。",
            record="local_rule_published", done="公布了操作细则", result="已公布，人人都能在“各地细则”里看到。",
        ),
        Transition(
            "withdraw_rule", "废止", frozenset({"draft", "published"}), ("withdrawn",), _SUPERVISOR, effect="withdraw",
            needs=(Need("reason", "废止的理由", longest=400),), emphasis="grave",
            lead="从明天起不再按它办，以前按它办的不变。",
            record="local_rule_withdrawn", done="废止了操作细则", result="已废止。",
        ),
        Transition(
            "expire_rule", "到期", frozenset({"published"}), ("expired",), frozenset(), effect=NOTHING,
            machines=frozenset({"night"}), guards=("is_over",), record="local_rule_expired", done="操作细则到期",
        ),
    ),
)  # fmt: skip


class OfLocalRule(OfProvision):
    """The context of a city's rule, which is locked."""

    @property
    def days(self) -> tuple[date, date]:
        return self.subject.since, self.subject.until

    def choices(self, need: Need) -> Choices:
        if need.kind != "limit":
            return need.choices
        place = registry.region_of(registry.region_of(self.area).path)  # the province's figures, not the city's own
        on = self.subject.since if self.subject else self.today
        return tuple(
            (name, _bound(place.limit_figure(name, on=on), bound)) for name, bound in place.local_bounds.items()
        )

    def suggested(self, transition: Transition) -> Said:
        """The current draft as initial values."""
        draft = self.subject
        return {need.name: getattr(draft, need.name) for need in _CONTENT} if transition.action == "revise_rule" else {}


def _bound(figure: Figure, bound: str) -> str:
    return say(_BOUNDS[bound], label=figure.label, value=figure.value, source=figure.source)


def _limit(context: OfLocalRule, _need: Need, raw: Any) -> str:
    if str(raw) not in registry.region_of(context.area).local_bounds:
        raise ValueError(say("请选择要改的是哪一项；没有列出的，各地不能自己定。"))
    return str(raw)


def _figure(_context: OfLocalRule, need: Need, raw: Any) -> int:
    if (found := whole_between(raw, 1, _MOST)) is None:
        raise ValueError(say("{label}请填1到{most}的整数。", label=need.label, most=_MOST))
    return found


def refused_as_laxer(rule: LocalRule, name: str, value: int) -> str:
    """The message if a value undercuts a clause on some day of the rule; empty if it does not."""
    place = registry.region_of(rule.area)
    figure = place.laxer(name, value, rule.since, rule.until)
    if figure is None:
        return ""
    label = place.limit_figure(name, on=rule.since).label
    return say(_LAXER[place.local_bounds[name]], label=label, value=figure.value, source=figure.source)


def _is_sound(_context: OfLocalRule, said: Said) -> None:
    if said["until"] < said["since"]:
        raise BadInput(say("有内容需要改正。"), [("until", say("有效期不能早于施行日期。"))])


def _is_not_laxer(context: OfLocalRule, said: Said) -> None:
    if why := refused_as_laxer(context.subject, said["limit"], said["value"]):
        raise BadInput(say("有内容需要改正。"), [("value", why)])


def _write(context: OfLocalRule, said: Said) -> None:
    if context.subject is None:
        new_draft(context, LocalRule)
    for name, value in said.items():
        setattr(context.subject, name, value)
    _is_untried(context.subject)


def _set_limit(context: OfLocalRule, said: Said) -> None:
    context.subject.changes = {**context.subject.changes, said["limit"]: said["value"]}
    _is_untried(context.subject)


def _leave_limit(context: OfLocalRule, said: Said) -> None:
    changes = context.subject.changes
    if said["limit"] not in changes:
        raise BadInput(say("有内容需要改正。"), [("limit", say("这份细则没有改这一项。"))])
    context.subject.changes = {name: value for name, value in changes.items() if name != said["limit"]}
    _is_untried(context.subject)


def _is_untried(rule: LocalRule) -> None:
    rule.trial, rule.tried_on = [], None


def _publish(context: OfLocalRule, _said: Said) -> None:
    sign(context, context.subject, "published")


def _tried(context: OfLocalRule) -> str | None:
    return None if context.subject.tried_on else say("公布以前要先试算，看看涉及多少人。")


def _begins_ahead(context: OfLocalRule) -> str | None:
    since = context.subject.since
    return None if since > context.today else say("施行日期{day:date}已经到了，请先改到公布以后。", day=since)


def _not_below(context: OfLocalRule) -> str | None:
    rule = context.subject
    found = (refused_as_laxer(rule, name, value) for name, value in sorted(rule.changes.items()))
    return next((why for why in found if why), None)


def _one_at_a_time(context: OfLocalRule) -> str | None:
    """Two rules of a city in force for one limit on the same day would be ambiguous."""
    rule = context.subject
    others = LocalRule.objects.unscoped().filter(agency=rule.agency_id, published_on__isnull=False).exclude(pk=rule.pk)
    for other in others:
        if rule.since <= other.last_day and other.since <= rule.until and set(rule.changes) & set(other.changes):
            return say("与《{other}》改的是同一项，日子也重叠，请先废止那一份或者改日子。", other=other.title)
    return None


def _changes_something(context: OfLocalRule) -> str | None:
    return None if context.subject.changes else say("这份细则还没有改任何一项。")


def _is_over(context: OfLocalRule) -> str | None:
    until = context.subject.until
    return None if until < context.today else say("到{day:date}才到期。", day=until)


LOCAL_RULE = register(
    Workflow(
        "local_rule", "这份操作细则", LocalRule,
        door_to(LocalRule, OfLocalRule, "没有这份操作细则。"), OfLocalRule,
        Vocabulary(
            {
                "write": _write, "set_limit": _set_limit, "leave_limit": _leave_limit, "try_rule": try_with(whom_it_touches),
                "publish": _publish, "withdraw": end,
            },
            guards={
                guard.name: guard
                for guard in (
                    Guard("tried", "not_tried", _tried, "试算"),
                    Guard("begins_ahead", "too_late", _begins_ahead, "修改施行日期"),
                    Guard("not_below", "below_the_notice", _not_below, "改这一项"),
                    Guard("one_at_a_time", "overlaps", _one_at_a_time, "改日子"),
                    Guard("changes_something", "changes_nothing", _changes_something),
                    Guard("is_over", "too_early", _is_over, waits=True),
                )
            },
            before={
                "written": OtherEyes(
                    lambda context: accounts_in(context.subject.file, *_WRITTEN_BY),
                    "这份细则是您起草或改过的，须由本市另一位督导或省级公布。",
                )
            },
            checks={"write": _is_sound, "set_limit": _is_not_laxer},
            after={"publish": known_at_once, "withdraw": known_at_once},
            kinds={
                "limit": NeedKind(_limit, "choice", lambda need: {"type": "string", "minLength": 1, "maxLength": 60}),
                "figure": NeedKind(_figure, "number", lambda need: {"type": "integer", "minimum": 1, "maximum": _MOST}),
            },
        ),
        things="local_rules",
    )
)  # fmt: skip
LOCAL_RULE.add(TABLE)


def expire(day: date) -> int:
    """Mark rules after their last day as over; they had no effect since. Returns how many."""
    over = LocalRule.objects.unscoped().filter(status=LocalRule.Status.PUBLISHED, until__lt=day)
    done = 0
    for pk in over.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                engine.act(None, LOCAL_RULE, pk, "expire_rule", machine="night")
            done += 1
        except GuardNotMet:
            continue
    return done


nightly.also("操作细则到期", "local_rules_expired", expire)
