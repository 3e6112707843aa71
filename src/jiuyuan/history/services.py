"""Writing the record: the only way in, inside the transaction of the act itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from jiuyuan import clock, masking
from jiuyuan.history.models import Entry, Look

GENESIS = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who acts, as the record keeps it: readable years later, whatever became of the account."""

    username: str
    name: str
    role: str
    agency: str = ""
    area: str = ""


# A run of the system has no person behind it, and says so.
SYSTEM = Actor("system", "系统", "system")


def append(file: str, actor: Actor, action: str, payload: Mapping[str, Any], area: str) -> Entry:
    """Add one act to a file's chain. Raises outside a transaction: the record stands or falls with the act."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("history.append needs the transaction of the act it records")
    last = Entry.objects.filter(file=file).order_by("-seq").values_list("seq", "hash").first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    entry = Entry(
        file=file,
        seq=seq,
        at=clock.now(),
        actor=actor.username,
        actor_name=actor.name,
        role=actor.role,
        agency=actor.agency,
        area=area,
        action=action,
        payload=_masked(payload),
        previous=previous,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of everything in the entry but its own hash and row number."""
    content = {
        name: getattr(entry, name)
        for name in ("file", "seq", "actor", "actor_name", "role", "agency", "area", "action", "payload", "previous")
    }
    content["at"] = entry.at.astimezone(clock.CHINA).isoformat()
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def looked(actor: Actor, file: str, what: str, area: str, unmasked: bool = False) -> None:
    Look.objects.create(
        at=clock.now(),
        actor=actor.username,
        actor_name=actor.name,
        role=actor.role,
        area=area,
        file=file,
        what=what,
        unmasked=unmasked,
    )


def _masked(value: Any) -> Any:
    """The record is never erased, so whole ID numbers must not get into it; days become text."""
    if isinstance(value, str):
        return masking.text(value)
    if isinstance(value, Mapping):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
