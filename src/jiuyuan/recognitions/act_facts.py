"""Facts that only an act makes: what an investigation confirmed, that a person asked to leave, what counts as refused."""

from collections.abc import Mapping
from typing import Any

from jiuyuan.agencies.models import User
from jiuyuan.people import services as people
from jiuyuan.people.models import Document, Person


def record(
    user: User,
    person: Person,
    facts: Mapping[str, Any],
    *,
    source: str,
    evidence: str,
    document: Document | None = None,
) -> None:
    """Record what the act says; it settles what stood before."""
    words = evidence[:400]
    people.record_facts(
        user.actor, person, facts, source=source, evidence=words, settlement=words, document=document, by_act=True
    )
