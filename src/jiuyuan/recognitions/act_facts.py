"""Records facts that only an act can create: confirmed findings, requests to leave, counted refusals."""

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
    """Record the facts of an act. They settle what was known before."""
    words = evidence[:400]
    people.record_facts(
        user.actor, person, facts, source=source, evidence=words, settlement=words, document=document, by_act=True
    )
