"""Tries an entered value on the files before it is confirmed: whom it would affect. No names."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from jiuyuan.applications.models import Application, PublicNotice
from jiuyuan.applications.models.application import DueState
from jiuyuan.oversight.local_rule_trial import of_a_limit
from jiuyuan.oversight.models import LocalRule, Parameter
from jiuyuan.oversight.parameter_texts import tried_letter, tried_text
from jiuyuan.people.models import ImportRow, KnownFacts
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.parameters import Figure, laxer
from jiuyuan.wording import for_record


def whom_it_touches(row: Parameter, today: date) -> list[str]:
    """What changes, and how many cases, people or rows it affects, by line."""
    return _TRIED[row.kind](row, today)


def _limit(row: Parameter, today: date) -> list[str]:
    value = row.value["value"]
    return [*of_a_limit(row.area, row.name, value, row.since, today), *_laxer_rules(row, value)]


def _laxer_rules(row: Parameter, value: int) -> list[str]:
    """The cities' rules that the new value would make too lax, and which it therefore overrides."""
    bound = registry.region_of(row.area).local_bounds.get(row.name, "")
    new = Figure(value, row.document, row.since, "H")
    rules = LocalRule.objects.unscoped().filter(status=LocalRule.Status.PUBLISHED, area__begins=row.area)
    return [
        for_record("“{title}”的这一项比它宽，从执行日期起不再按那一项办。", title=rule.title)
        for rule in rules.order_by("pk")
        if rule.last_day >= row.since and row.name in rule.changes and laxer(rule.changes[row.name], bound, [new])
    ]


def _wage(row: Parameter, today: date) -> list[str]:
    """Compare incomes with today's wage and the new one; a wage stated on file takes precedence."""
    table = registry.policy_of(row.area, today).wages
    before = table.on(row.since) if table else {}
    figures, places = row.value["figures"], row.value["places"]
    changes = Counter((before[code].value if code in before else None, value) for code, value in figures.items())
    lines = [
        for_record("{count}个地方：{now}元改为{then}元。", count=count, now=now, then=then)
        if now is not None
        else for_record("{count}个地方：现在没有，定为{then}元。", count=count, then=then)
        for (now, then), count in sorted(changes.items(), key=lambda item: -item[0][1])
        if now != then
    ]
    same = sum(count for (now, then), count in changes.items() if now == then)
    lines += [for_record("{count}个地方：数额不变，依据是新的。", count=same)] if same else []
    left = [name for code, name in places.items() if code not in figures and code in before]
    lines += [for_record("没有写到、仍按原来的：{names}。", names=left)] if left else []
    open_cases = Application.objects.unscoped().filter(area__begins=row.area, finished_on=None)
    active = Recognition.objects.unscoped().filter(area__begins=row.area, status=Recognition.Status.ACTIVE)
    for what, people in (
        (for_record("没有办完的申请"), open_cases.values("person")),
        (for_record("在册人员"), active.values("person")),
    ):
        known = KnownFacts.objects.unscoped().filter(
            person__in=people, monthly_income__gt=0, local_minimum_wage=None, residence_division__isnull=False
        )
        incomes = list(known.values_list("residence_division", "monthly_income"))
        lower = sum(1 for place, income in incomes if _falls_below(place, income, before, figures))
        lines.append(
            for_record(
                "{what}登记了收入的{count}人，其中{lower}人的收入由不低于变为低于当地最低工资标准。",
                what=what,
                count=len(incomes),
                lower=lower,
            )
        )
    return lines


def _falls_below(place: str, income: Decimal, before: Mapping[str, Figure], figures: Mapping[str, int]) -> bool:
    """Whether an income is enough today and would be too little; the longest code decides."""
    code = next(
        (place[:n] for n in range(min(len(place), 9), 5, -1) if place[:n] in figures or place[:n] in before), ""
    )
    return code in figures and code in before and before[code].value <= income < figures[code]


def _holidays(row: Parameter, today: date) -> list[str]:
    year, known = int(row.name), calendar.published_years()
    first = (
        for_record("{year}年已有安排（{source}），由这一份代替。", year=year, source=known[year])
        if year in known
        else for_record("{year}年还没有安排，现在只按周末和固定节日暂算。", year=year)
    )
    cases = Application.objects.unscoped().filter(due_state=DueState.PROVISIONAL, finished_on=None)
    notices = PublicNotice.objects.unscoped().filter(provisional=True, taken_down_on=None, ends_on__gte=today)
    return [
        first,
        for_record(
            "放假{holidays}天，调休上班{workdays}天。",
            holidays=len(row.value["holidays"]), workdays=len(row.value["workdays"]),
        ),
        for_record(
            "{cases}件申请的办结期限、{notices}次公示的结束日期现在是暂定的，当晚重新计算；已经确定的不变。",
            cases=cases.count(), notices=notices.count(),
        ),
    ]  # fmt: skip


def _word(row: Parameter, _today: date) -> list[str]:
    rows = ImportRow.objects.unscoped().filter(
        batch__kind=row.name, batch__area__begins=row.area, outcome=ImportRow.Outcome.REJECTED,
        message__contains=f"“{row.value['word'][:20]}”",
    )  # fmt: skip
    return [
        for_record("以前导入的文件里，有{count}行因为这个词不能用；不会自动重做，重新导入才算。", count=rows.count())
    ]


_TRIED: dict[str, Callable[[Parameter, date], list[str]]] = {
    Parameter.Kind.LIMIT: _limit,
    Parameter.Kind.WAGE: _wage,
    Parameter.Kind.HOLIDAYS: _holidays,
    Parameter.Kind.WORD: _word,
    Parameter.Kind.LETTER: tried_letter,
    Parameter.Kind.TEXT: tried_text,
}
