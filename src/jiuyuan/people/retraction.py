"""Withdraws facts created by an act when the act is undone; what they superseded stands again."""

from collections.abc import Collection
from typing import Any

from jiuyuan import clock
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.fact_writer import refresh_known
from jiuyuan.people.models import Fact, Person


def take_back(actor: Actor, person: Person, names: Collection[str], evidence: str) -> list[Fact]:
    """Withdraw the facts of these names with this evidence, in the caller's transaction, and return them."""
    values: dict[str, Any] = {}
    taken_back: list[Fact] = []
    again: list[list[int | None]] = []
    for name in names:
        facts = list(person.facts.select_for_update().filter(name=name).order_by("pk"))
        taken = [fact for fact in facts if fact.evidence == evidence and fact.withdrawn_at is None]
        if not taken:
            continue
        for fact in taken:
            fact.withdrawn_at = clock.now()
            fact.save(update_fields=["withdrawn_at"])
        for fact in facts:
            by = standing_facts.replayed(facts).get(fact.pk, fact.superseded_by_id)
            if fact.superseded_by_id != by:
                fact.superseded_by_id = by
                fact.save(update_fields=["superseded_by"])
                again.append([fact.pk, by])
        standing = standing_facts.standing(facts).get(name)
        values[name] = standing.value if standing else None
        taken_back += taken
    if taken_back:
        refresh_known(person)
        said = {"facts": values, "withdrawn": [fact.pk for fact in taken_back], "again": again}
        history.append(person.file, actor, "facts_withdrawn", said, person.area)
    return taken_back
