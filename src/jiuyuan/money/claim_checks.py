"""Automatic checks of a claim: every condition of its scheme for every month, with source and day.

Without data the answer is unknown, never yes. A failed check stops the line of its month, with the reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from jiuyuan.money.entitlements import missing_in_words_of
from jiuyuan.money.models import LIVE, Claim, ClaimLine
from jiuyuan.money.month_facts import InMonth, MonthFacts, last_day
from jiuyuan.money.spells import spell_of
from jiuyuan.regions import registry
from jiuyuan.rules.calendar import month_in_words, month_text
from jiuyuan.rules.logic import reads
from jiuyuan.rules.policy import Category
from jiuyuan.rules.scheme import Against, Scheme
from jiuyuan.rules.words.retirement import READS as RETIREMENT_READS
from jiuyuan.wording import for_record, say

Answer = Literal["yes", "no", "unknown"]
ANSWERS: Mapping[str, str] = {"yes": "符合", "no": "不符合", "unknown": "查不到"}


@dataclass(frozen=True)
class ClaimCheck:
    """A check of a month, or of the whole claim if `month` is empty. `as_of`: the day of the data."""

    code: str
    label: str
    answer: Answer
    says: str
    source: str = ""
    as_of: str = ""
    month: str = ""


@dataclass(frozen=True)
class CheckedClaim:
    """The checks, and the reasons of stopped lines."""

    checks: list[ClaimCheck]
    stopped: dict[int, str]

    @property
    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(check) for check in self.checks]


def of_claim(claim: Claim, lines: Iterable[ClaimLine], today: date) -> CheckedClaim:
    """All checks of a claim. `lines`: those still claimed."""
    known, scheme = MonthFacts(claim.person, today), claim.rules
    checks: list[ClaimCheck] = []
    stopped: dict[int, str] = {}
    for line in lines:
        in_month = known.of(line.month)
        found = [*_conditions(scheme, in_month, line), *_elsewhere(claim, line)]
        checks += found
        against = [check.says for check in found if check.answer == "no"]
        if against:
            stopped[line.pk] = for_record("{month}：{why}", month=month_in_words(line.month), why="".join(against))[
                :400
            ]
    left = [line for line in lines if line.pk not in stopped]
    term, beyond = _term(claim, left, today)
    return CheckedClaim([*checks, *term], stopped | beyond)


def _conditions(scheme: Scheme, known: InMonth, line: ClaimLine) -> list[ClaimCheck]:
    rules = scheme.rules
    ruling = rules.decide({name: value for name, value in known.values.items() if name in rules.known_facts})
    found: list[ClaimCheck] = []
    of_who: list[ClaimCheck] = []
    for clause, answered in zip(rules.clauses, ruling.clauses, strict=True):
        names = reads(clause.when)
        good = (not answered.status) if isinstance(clause, Against) and answered.status is not None else answered.status
        answer: Answer = "unknown" if good is None else "yes" if good else "no"
        says = answered.reason
        if answer == "no" and (more := [known.words[name] for name in names if name in known.words]):
            says = say("{reason}（{more}）", reason=says.rstrip("。"), more="；".join(more)) + "。"
        check = ClaimCheck(
            clause.code, str(clause.title), answer, says, *_sources(known, names), month_text(line.month)
        )
        (of_who if isinstance(clause, Category) else found).append(check)
    best = next((check for wanted in ("yes", "unknown", "no") for check in of_who if check.answer == wanted), None)
    return [*([best] if best else []), *found]


def _sources(known: InMonth, names: Iterable[str]) -> tuple[str, str]:
    """The sources of these facts and the earliest of their days; empty if unknown."""
    said = [known.witnesses[name] for name in names if name in known.witnesses]
    if not said:
        return "", ""
    return "、".join(dict.fromkeys(one.source for one in said)), min(one.observed_on for one in said).isoformat()


def _elsewhere(claim: Claim, line: ClaimLine) -> list[ClaimCheck]:
    """Whether an exclusive scheme is drawn for the same month."""
    if not claim.rules.exclusive_with:
        return []
    other = exclusive(claim.person_id, claim.rules, line.month, line.month)
    label = for_record("同月没有享受互斥的政策")
    if other is None:
        return [
            ClaimCheck(
                "exclusive",
                label,
                "yes",
                for_record("没有。"),
                for_record("补贴申请和发放记录"),
                "",
                month_text(line.month),
            )
        ]
    says = for_record(
        "{month}已经申请或享受{other}，不能同时享受。", month=month_in_words(line.month), other=other.claim.title
    )
    return [ClaimCheck("exclusive", label, "no", says, for_record("补贴申请和发放记录"), "", month_text(line.month))]


def exclusive(person: int, scheme: Scheme, first: int, last: int) -> ClaimLine | None:
    """A standing line of a scheme that excludes this one, in these months."""
    rows = ClaimLine.objects.unscoped().filter(person=person, scheme__in=scheme.exclusive_with, status__in=LIVE)
    found: ClaimLine | None = rows.filter(month__range=(first, last)).select_related("claim").order_by("month").first()
    return found


def _term(claim: Claim, lines: list[ClaimLine], today: date) -> tuple[list[ClaimCheck], dict[int, str]]:
    """Whether the term covers the remaining months, and the last lines beyond it."""
    scheme = claim.rules
    if scheme.term is None or not lines:
        return [], {}
    label = for_record("政策期限")
    known = MonthFacts(claim.person, today).of(lines[-1].month)
    answer = scheme.months(known.values | {"as_of": today}, spell_of(claim.person_id, scheme.code, but=claim.pk))
    source, as_of = _sources(known, RETIREMENT_READS)
    if answer.months_left is None or answer.until is None:
        says = for_record(
            "还算不出能享受多久，要先知道：{missing}。", missing=missing_in_words_of(scheme, answer.missing)
        )
        return [ClaimCheck("term", label, "unknown", says, source, as_of)], {}
    within = [line for line in lines if line.month <= answer.until][: answer.months_left]
    beyond = {line.pk: line for line in lines if line not in within}
    if answer.extended:
        says = for_record("可以享受到退休（{until}）。", until=month_in_words(answer.until))
    else:
        says = for_record(
            "最多{most}个月，已经用了{used}个月。", most=scheme.term.policy_months, used=answer.months_used or 0
        )
    check = ClaimCheck("term", label, "no" if beyond else "yes", says, source, as_of)
    why = for_record("期限已满：{says}", says=says)
    return [check], {
        pk: for_record("{month}：{why}", month=month_in_words(line.month), why=why)[:400] for pk, line in beyond.items()
    }


def rests_on(claim: Claim, month: int, today: date) -> list[dict[str, Any]]:
    """The facts on file used for a line, as they stand for its month."""
    known = MonthFacts(claim.person, today).of(month)
    names = {name for clause in claim.rules.rules.clauses for name in reads(clause.when)}
    return [
        {
            "fact": known.witnesses[name].fact, "name": name, "value": _plain(known.values.get(name)),
            "source": known.witnesses[name].source, "observed_on": known.witnesses[name].observed_on.isoformat(),
        }
        for name in sorted(names & set(known.witnesses))
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def sum_of(claim: Claim, month: int) -> tuple[int | None, str]:
    """The amount of a line in cents with its source; None if no source states it, with what is missing."""
    name = claim.rules.sum_limit
    region = registry.region_of(claim.area)
    yuan = region.limit_if_any(name, on=last_day(month)) if name else None
    if yuan is None:
        return None, for_record("没有查到依据的标准，由省级设定")
    return yuan * 100, region.limit_figure(name, on=last_day(month)).source[:200]
