"""Schemes and answers in words, the same on phone and desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jiuyuan.money.entitlements import missing_in_words
from jiuyuan.rules.scheme import Amount, Outcome, SchemeAnswer
from jiuyuan.wording import say

_ANSWERS: dict[Outcome, str] = {
    "may": "可以享受",
    "may_not": "现在不能享受",
    "unknown": "还不能确定",
    "open": "正在申请",
    "used_up": "期限已满",
}
#: The order on pages: what is available first.
_ORDER: tuple[Outcome, ...] = ("open", "may", "unknown", "used_up", "may_not")
HOW = {
    "referral": "由我们推荐，批不批由对方定。",
    "entry": "我们在《就业创业证》上注明，由税务部门办理。",
}


@dataclass(frozen=True)
class SchemeInWords:
    """A scheme with its answer.

    `unpublished`: figures and details in no known public document. `claimable`: it can be claimed now; `own`: by
    the person, not an employer.
    """

    code: str
    title: str
    plain: str
    outcome: Outcome
    answer: str
    reasons: tuple[str, ...]
    missing: list[str]
    amounts: list[str]
    unpublished: list[str]
    months: str
    how: str
    document: str
    claimable: bool
    own: bool


def in_words(answers: Sequence[SchemeAnswer], day: date) -> list[SchemeInWords]:
    """The answers, what is available first."""
    return [_shown(answer, day) for answer in sorted(answers, key=lambda one: _ORDER.index(one.outcome))]


def _shown(answer: SchemeAnswer, day: date) -> SchemeInWords:
    scheme = answer.scheme
    return SchemeInWords(
        code=scheme.code, title=scheme.title, plain=scheme.plain, outcome=answer.outcome,
        answer=say(_ANSWERS[answer.outcome]), reasons=answer.reasons, missing=missing_in_words(answer),
        amounts=[amount_in_words(one) for one in scheme.amounts_on(day) if one.value is not None],
        unpublished=list(scheme.unpublished), months=_months(answer), how=say(HOW.get(scheme.gives, "")),
        document=scheme.document, claimable=answer.outcome in ("may", "unknown"), own=scheme.paid_to != "employer",
    )  # fmt: skip


def amount_in_words(amount: Amount) -> str:
    """A figure with a value, and its source."""
    return say(
        "{label}{value}{unit}（{source}）",
        label=amount.label, value=str(amount.value), unit=amount.unit, source=amount.source,
    )  # fmt: skip


def _months(answer: SchemeAnswer) -> str:
    """How long it would run if granted today, saying that nothing is granted yet."""
    if answer.until is None or answer.outcome == "may_not":
        return ""
    year, month = answer.until // 12, answer.until % 12 + 1
    if answer.extended:
        return say(
            "现在开始领的话，可以领到退休（{year}年{month}月），共{months}个月。",
            year=year, month=month, months=answer.months_left,
        )  # fmt: skip
    return say(
        "现在开始领的话，最多领{months}个月，到{year}年{month}月。", months=answer.months_left, year=year, month=month
    )
