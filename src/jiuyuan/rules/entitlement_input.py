"""The input of `jiuyuan entitlement`: its fields, the parser, and consistency checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from jiuyuan.rules import facts as fact_module
from jiuyuan.rules.calendar import month_of, month_text
from jiuyuan.rules.facts import SCHEMA, FactDefinition, Facts, Invalid
from jiuyuan.rules.words.retirement import READS
from jiuyuan.wording import say

_COUNTINGS = {"cumulative": "累计计算", "consecutive": "连续计算"}
#: The fields of the input, in the order used by `missing`.
FIELDS: Mapping[str, FactDefinition] = {
    **{name: SCHEMA[name] for name in ("as_of", *READS)},
    "first_approved_on": FactDefinition("first_approved_on", "date", "首次核定日期"),
    "paid_months": FactDefinition("paid_months", "months", "已发放的月份"),
    "policy_months": FactDefinition("policy_months", "count", "政策期限（月）", positive=True),
    "extension_years": FactDefinition("extension_years", "count", "可延长至退休的年限"),
    "counting": FactDefinition("counting", "choice", "计算方式", choices=_COUNTINGS),
    "extension_follows_law": FactDefinition("extension_follows_law", "boolean", "延长的期限是否随法定退休年龄变动"),
}
_OWN = {name: fact for name, fact in FIELDS.items() if name not in SCHEMA}
_UNKNOWN: Facts = dict.fromkeys(("id", *FIELDS))


def parse(mapping: Mapping[str, Any]) -> Facts:
    """Return the fields of one line by name, None if unknown. Raises `Invalid` with every fault."""
    errors: list[tuple[str, str]] = []
    known: Facts = {}
    if isinstance(mapping, Mapping):
        for name in mapping:
            if name != "id" and name not in FIELDS:
                errors.append((name, _no_such_field(name)))
        mapping = {name: value for name, value in mapping.items() if name == "id" or name in FIELDS}
    try:
        known = {**_UNKNOWN, **fact_module.parse(mapping, _OWN)}
    except Invalid as invalid:
        errors += invalid.errors
    if errors or (errors := list(contradictions(known))):
        raise Invalid(errors)
    return known


def _no_such_field(name: str) -> str:
    from difflib import get_close_matches  # needed only for a mistake

    near = get_close_matches(name, FIELDS, n=1, cutoff=0.6)
    if near:
        return say("没有名为“{name}”的字段，是不是{near}？", name=name[:40], near=str(FIELDS[near[0]]))
    return say("没有名为“{name}”的字段，可写的有：id、{fields}", name=name[:40], fields=list(FIELDS))


def line_reader() -> Callable[[bytes], Facts | None]:
    """Return the fast parser of a line of JSON, which accepts correct lines only (`rules.lines`)."""
    from jiuyuan.rules import lines

    read = lines.reader(FIELDS)

    def quickly(text: bytes) -> Facts | None:
        known = read(text)
        return None if known is None or any(contradictions(known)) else known

    return quickly


def contradictions(known: Facts) -> Iterator[tuple[str, str]]:
    """Yield contradictions as (field, message), in addition to those of `facts.contradictions`."""
    as_of, approved, born, paid = (
        known[name] for name in ("as_of", "first_approved_on", "birth_date", "paid_months")
    )  # fmt: skip
    if approved is not None:
        if approved > as_of:
            yield _later("first_approved_on", approved, "as_of", as_of)
        if born is not None and born > approved:
            yield _later("birth_date", born, "first_approved_on", approved)
    if paid:
        if paid[-1] > month_of(as_of):
            yield _later("paid_months", month_text(paid[-1]), "as_of", as_of)
        for name, day in ("first_approved_on", approved), ("birth_date", born):
            if day is not None and paid[0] < month_of(day):
                yield (
                    "paid_months",
                    say(
                        "{fact}：{value}早于{other}{day}，请核对",
                        fact=str(FIELDS["paid_months"]), value=month_text(paid[0]), other=str(FIELDS[name]), day=str(day),
                    ),
                )  # fmt: skip
                break


def _later(name: str, value: object, other: str, day: date) -> tuple[str, str]:
    return name, say(
        "{fact}：{value}晚于{other}{day}，请核对",
        fact=str(FIELDS[name]), value=str(value), other=str(FIELDS[other]), day=str(day),
    )  # fmt: skip
