"""Words a refusal, from the data stored with its decision, for the person, the form and the letter."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuyuan.applications.models import Decision, Opinion
from jiuyuan.people.models import Source
from jiuyuan.people.wording import value_in_words
from jiuyuan.printing.form import LONGEST_OPINION
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.rules.departments import label_of
from jiuyuan.rules.facts import fact_label
from jiuyuan.wording import say


@dataclass(frozen=True)
class Behind:
    """A fact behind a refusal: label, value, and the source that stated it on that day."""

    label: str
    value: str
    source: str
    day: date


def behind(clause: dict[str, Any]) -> list[Behind]:
    return [
        Behind(
            say(fact_label(fact["name"])),
            value_in_words(fact["name"], fact["value"]),
            say(
                "{parts:，}",
                parts=[part for part in (Source(fact["source"]).label, label_of(fact["department"])) if part],
            ),
            date.fromisoformat(fact["observed_on"]),
        )
        for fact in clause["facts"]
    ]


def why(decision: Decision | None, words: str) -> str:
    """The reason as one sentence without its full stop: reasons and clauses as decided, then the officer's words."""
    refusal = decision.refusal if decision else {}
    parts = [_with_clause(clause) for clause in refusal.get("clauses", ())]
    if refusal.get("ground") not in (None, "clause"):
        parts.append(ground(refusal))
    said = _plain(words)
    return "；".join([*parts, say("经办说明：{said}", said=said) if parts and said else said]).strip("；")


def _with_clause(clause: dict[str, Any]) -> str:
    """A reason, followed by those parts of its clause that it does not mention."""
    reason = _plain(clause["reason"])
    unnamed = [part for part in (clause["clause"], clause["title"]) if part not in reason]
    return f"{reason}（{' '.join(unnamed)}）" if unnamed else reason


def ground(refusal: dict[str, Any]) -> str:
    """The ground of an application that was not accepted, with the place to go to."""
    place = refusal.get("platform", {}).get("name")
    return WORKFLOWS["application"].words_for("ground")[refusal["ground"]] + (
        say("，请向{place}申请", place=place) if place else ""
    )


def on_the_form(opinion: Opinion) -> str:
    """The reason in its cell of the form: clause, fact, value and source as decided, abridged if there are many."""
    clauses = opinion.decision.refusal.get("clauses", ()) if opinion.decision else ()
    if not clauses:
        return opinion.text
    in_full = "".join(
        f"{c['clause']} {c['title']}（{_facts(c)}）。" if c["facts"] else f"{_plain(c['reason'])}。" for c in clauses
    )
    titles = "；".join(f"{c['clause']} {c['title']}" for c in clauses)
    numbers = "、".join(dict.fromkeys(c["clause"] for c in clauses))
    for grounds in (
        in_full,
        say("不符合{titles}。", titles=titles),
        say("不符合{numbers}，详见告知书。", numbers=numbers),
    ):
        if len(grounds) + len(opinion.text) <= LONGEST_OPINION:
            return grounds + opinion.text
    return opinion.text


def _facts(clause: dict[str, Any]) -> str:
    return "；".join(f"{b.label}：{b.value}，{b.source}，{b.day.isoformat()}" for b in behind(clause))


def _plain(text: str) -> str:
    """Strip the final full stop."""
    return text.strip().rstrip("。；，.;, ")
