"""Repeats stored decisions with their own facts and policy: the answers must be the same."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jiuyuan.applications.models import Decision
from jiuyuan.regions import registry
from jiuyuan.rules.facts import Invalid
from jiuyuan.rules.policy import UnknownPolicy

_COMPARED = ("outcome", "categories", "exclusions", "missing")


@dataclass(frozen=True)
class Differing:
    """A decision whose answer differs from the stored one.

    `now` is empty if it could not be repeated; `why` is the reason.
    """

    decision: Decision
    now: dict[str, Any]
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        kept = self.decision
        return {
            "decision": kept.pk, "application": kept.application.number, "as_of": kept.as_of.isoformat(),
            "policy": kept.policy, "stored": _said(kept.answer), "now": _said(self.now) if self.now else None,
            "error": self.why or None,
        }  # fmt: skip


def differing(sample: int, seed: int | None = None) -> Iterator[Differing]:
    """Yield those of `sample` randomly drawn decisions whose answers differ. The wording may differ."""
    rows = Decision.objects.unscoped()
    last = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    keys = random.Random(seed).sample(range(1, last + 1), min(sample, last))
    for kept in rows.filter(pk__in=keys).select_related("application").order_by("pk").iterator(chunk_size=1000):
        try:
            rules = registry.policy(kept.policy)
            now = rules.decide(rules.parse(kept.facts)).as_json()
        except (UnknownPolicy, Invalid) as error:
            yield Differing(kept, {}, str(error))
            continue
        if _said(now) != _said(kept.answer):
            yield Differing(kept, now)


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: answer[name] for name in _COMPARED},
        "clauses": {clause["code"]: clause["status"] for clause in answer["clauses"]},
    }
