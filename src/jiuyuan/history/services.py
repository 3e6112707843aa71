"""Writing the record: the only way in, inside the transaction of the act itself."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import TruncDate

from jiuyuan import clock, loading, masking, request_ids
from jiuyuan.encryption import keyed_hash
from jiuyuan.history.models import Entry, Head, Look

GENESIS = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who acts, as the record keeps it: readable years later, whatever became of the account."""

    username: str
    name: str
    role: str
    agency: str = ""
    area: str = ""
    #: The key of the account; none where somebody acts without one.
    account: int | None = None


# A run of the system has no person behind it, and says so.
SYSTEM = Actor("system", "系统", "system")
#: Who acts without an account: each run of the system by its own name.
MACHINES = {"night": Actor("night", "系统夜间核查", "system"), "worker": Actor("worker", "后台程序", "system")}
PUBLIC = Actor("public", "公众", "public")


@dataclass(frozen=True, slots=True)
class NewAct:
    """One act of many that are recorded together."""

    file: str
    action: str
    payload: Mapping[str, Any]
    area: str
    state: Mapping[str, Mapping[str, Any]] | None = None


def append(
    file: str,
    actor: Actor,
    action: str,
    payload: Mapping[str, Any],
    area: str,
    state: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Add one act to a file's chain. Raises outside a transaction: the record stands or falls with the act.

    `state`: what the act set in the tables (`history.state.set_by`).
    """
    append_many(actor, [NewAct(file, action, payload, area, state)])


def append_many(actor: Actor, acts: Sequence[NewAct], heads: Mapping[str, tuple[int, str]] | None = None) -> None:
    """Add acts to the chains of many files, in their order; one file may have several.

    Where acts rest on something that was read, give the `heads` (`heads_of`) as they stood before that: somebody who
    wrote in between makes the places in the chain collide (`IntegrityError`), and the run starts over.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the record needs the transaction of the acts that it holds")
    at = clock.now()
    last = dict(heads_of(act.file for act in acts) if heads is None else heads)
    starts: dict[tuple[str, str], str] = {}
    role = _json(actor.role)
    rows = []
    for act in acts:
        seq, previous = last.get(act.file, (0, GENESIS))
        key = (act.action, act.area)
        if key not in starts:
            content = {"action": act.action, "actor": actor.username, "actor_name": actor.name, "agency": actor.agency}
            starts[key] = _json({**content, "area": act.area, "at": moment(at)})[:-1]
        payload = _json(_content(act.payload, act.state))
        # The very text that `entry_hash` makes, whose keys are sorted, put together from what many entries share.
        text = (
            f'{starts[key]}, "file": {_json(act.file)}, "payload": {payload}, "previous": "{previous}", '
            f'"role": {role}, "seq": {seq + 1}}}'
        )
        digest = hashlib.sha256(text.encode()).hexdigest()
        last[act.file] = (seq + 1, digest)
        who = (actor.username, actor.name, actor.role, actor.agency)
        rows.append((act.file, seq + 1, *who, act.area, act.action, payload, at, previous, digest))
    loading.insert(Entry, (*WRITTEN, "at", "previous", "hash"), rows)
    # In one order for all who write, so that two of them wait for each other instead of both.
    loading.upsert(Head, "chain", ["seq"], sorted({act.file: last[act.file][0] for act in acts}.items()))


def heads_of(files: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Place and hash of the last entry of each file; a file without any is left out."""
    wanted = list(dict.fromkeys(files))
    if connection.vendor == "postgresql":
        sql = (
            "SELECT file, last.seq, last.hash FROM unnest(%s::text[]) AS file CROSS JOIN LATERAL (SELECT seq, hash "
            "FROM history_entry WHERE history_entry.file = file.file ORDER BY seq DESC LIMIT 1) AS last"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [wanted])
            rows = cursor.fetchall()
    else:  # SQLite takes the hash from the row that holds the maximum
        rows = loading.among("SELECT file, MAX(seq), hash FROM history_entry WHERE file {among} GROUP BY file", wanted)
    return {file: (seq, digest) for file, seq, digest in rows}


WRITTEN = ("file", "seq", "actor", "actor_name", "role", "agency", "area", "action", "payload")


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of everything in the entry but its own hash and row number."""
    return content_hash({name: getattr(entry, name) for name in (*WRITTEN, "previous")}, entry.at)


def content_hash(content: Mapping[str, Any], at: datetime) -> str:
    """As `entry_hash`, of the columns as a mapping."""
    return hashlib.sha256(_json({**content, "at": moment(at)}).encode()).hexdigest()


def moment(at: datetime) -> str:
    """A moment as it goes into a hash, by the clock of China."""
    return at.astimezone(clock.CHINA).isoformat()


_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


LOOKED = ("actor", "actor_name", "role", "area", "file", "what")
LOOKS = "looks:"


def looked(actor: Actor, file: str, what: str, area: str, unmasked: bool = False) -> None:
    """Record a look, numbered among those of the account: one that is taken out leaves a gap."""
    at, request = clock.now(), request_ids.here()
    content = dict(zip(LOOKED, (actor.username, actor.name, actor.role, area, file, what), strict=True))
    with transaction.atomic():
        seq = loading.count_on(Head, "chain", "seq", f"{LOOKS}{actor.username}")
        made = look_hash(content, at=at, seq=seq, unmasked=unmasked, request=request)
        Look.objects.create(**content, at=at, seq=seq, unmasked=unmasked, request=request, hash=made)


def looked_today(actor: Actor, what: str, files: Iterable[str]) -> set[str]:
    """In which of these files the record has this look of today."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    looks = Look.objects.unscoped().filter(file__in=list(files), actor=actor.username, what=what, at__gte=midnight)
    return set(looks.values_list("file", flat=True))


def whole_numbers_seen(username: str) -> int:
    """How often an account looked at whole numbers today."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Look.objects.unscoped().filter(actor=username, unmasked=True, at__gte=midnight).count()


def many_whole_numbers(usernames: Iterable[str], since: date, usual: int) -> list[tuple[str, date, int]]:
    """Account, day and number of looks at whole numbers, where an account had more than `usual` on a day; latest first."""
    begin = datetime.combine(since, time(), clock.CHINA)
    looks = Look.objects.unscoped().filter(unmasked=True, at__gte=begin, actor__in=list(usernames)).order_by()
    counted = looks.values_list("actor", TruncDate("at", tzinfo=clock.CHINA)).annotate(n=Count("pk"))
    return sorted(counted.filter(n__gt=usual), key=lambda row: (row[1], row[2]), reverse=True)


def look_hash(content: Mapping[str, Any], *, at: datetime, seq: int, unmasked: bool, request: str) -> str:
    """Keyed: nobody waits for the next seal with a look, so anyone who has only the database must not be able to make one."""
    by = {"request": request} if request else {}  # looks of before have none
    return keyed_hash("look", _json({**content, **by, "at": moment(at), "seq": seq, "unmasked": unmasked}))


def _content(payload: Mapping[str, Any], state: Mapping[str, Mapping[str, Any]] | None) -> dict[str, Any]:
    """What was said, masked; what was set, in which hashes may look like numbers; by which request."""
    said = {key: item if key == "state" else masked(item) for key, item in payload.items()}
    request = request_ids.here()
    return said | ({} if state is None else {"state": state}) | ({"request": request} if request else {})


def masked(value: Any) -> Any:
    """The record is never erased, so whole ID numbers must not get into it; days become text."""
    if isinstance(value, str):
        return masking.text(value)
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
