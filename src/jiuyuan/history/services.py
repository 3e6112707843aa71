"""The writers of the record; they run in the transaction of the act."""

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
    """The actor as stored in the record, readable even after the account is gone."""

    username: str
    name: str
    role: str
    agency: str = ""
    area: str = ""
    #: The primary key of the account; None if there is none.
    account: int | None = None


# For runs of the system without a person.
SYSTEM = Actor("system", "系统", "system")
#: Actors without an account: one for each run of the system.
MACHINES = {"night": Actor("night", "系统夜间核查", "system"), "worker": Actor("worker", "后台程序", "system")}
PUBLIC = Actor("public", "公众", "public")


@dataclass(frozen=True, slots=True)
class NewAct:
    """One of several acts recorded together."""

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
    """Append an act to a file's chain. Raises outside a transaction: the record is committed with the act.

    `state`: the columns that the act set (`history.state.set_by`).
    """
    append_many(actor, [NewAct(file, action, payload, area, state)])


def append_many(actor: Actor, acts: Sequence[NewAct], heads: Mapping[str, tuple[int, str]] | None = None) -> None:
    """Append acts to the chains of many files, in order; a file may have several.

    If the acts depend on data read before, pass the `heads` (`heads_of`) from before that: if somebody wrote in
    between, the positions collide (`IntegrityError`) and the run has to start over.
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
        # The same text as in `entry_hash` (sorted keys), assembled from parts shared by many entries.
        text = (
            f'{starts[key]}, "file": {_json(act.file)}, "payload": {payload}, "previous": "{previous}", '
            f'"role": {role}, "seq": {seq + 1}}}'
        )
        digest = hashlib.sha256(text.encode()).hexdigest()
        last[act.file] = (seq + 1, digest)
        who = (actor.username, actor.name, actor.role, actor.agency)
        rows.append((act.file, seq + 1, *who, act.area, act.action, payload, at, previous, digest))
    loading.insert(Entry, (*WRITTEN, "at", "previous", "hash"), rows)
    # One order for all writers, so that they wait for each other rather than deadlock.
    loading.upsert(Head, "chain", ["seq"], sorted({act.file: last[act.file][0] for act in acts}.items()))


def heads_of(files: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The position and hash of the last entry of each file; files without entries are left out."""
    wanted = list(dict.fromkeys(files))
    if connection.vendor == "postgresql":
        sql = (
            "SELECT file, last.seq, last.hash FROM unnest(%s::text[]) AS file CROSS JOIN LATERAL (SELECT seq, hash "
            "FROM history_entry WHERE history_entry.file = file.file ORDER BY seq DESC LIMIT 1) AS last"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [wanted])
            rows = cursor.fetchall()
    else:  # SQLite takes the hash from the row with the maximum
        rows = loading.among("SELECT file, MAX(seq), hash FROM history_entry WHERE file {among} GROUP BY file", wanted)
    return {file: (seq, digest) for file, seq, digest in rows}


WRITTEN = ("file", "seq", "actor", "actor_name", "role", "agency", "area", "action", "payload")


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of the entry, without its hash and row number."""
    return content_hash({name: getattr(entry, name) for name in (*WRITTEN, "previous")}, entry.at)


def content_hash(content: Mapping[str, Any], at: datetime) -> str:
    """`entry_hash` for the columns as a mapping."""
    return hashlib.sha256(_json({**content, "at": moment(at)}).encode()).hexdigest()


def moment(at: datetime) -> str:
    """A timestamp in the format used in hashes, in China's time zone."""
    return at.astimezone(clock.CHINA).isoformat()


_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


LOOKED = ("actor", "actor_name", "role", "area", "file", "what")
LOOKS = "looks:"


def looked(actor: Actor, file: str, what: str, area: str, unmasked: bool = False) -> None:
    """Record a look, numbered per account, so that a deleted one leaves a gap."""
    at, request = clock.now(), request_ids.here()
    content = dict(zip(LOOKED, (actor.username, actor.name, actor.role, area, file, what), strict=True))
    with transaction.atomic():
        seq = loading.count_on(Head, "chain", "seq", f"{LOOKS}{actor.username}")
        made = look_hash(content, at=at, seq=seq, unmasked=unmasked, request=request)
        Look.objects.create(**content, at=at, seq=seq, unmasked=unmasked, request=request, hash=made)


def looked_today(actor: Actor, what: str, files: Iterable[str]) -> set[str]:
    """The files at which the actor has already looked today, on this page."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    looks = Look.objects.unscoped().filter(file__in=list(files), actor=actor.username, what=what, at__gte=midnight)
    return set(looks.values_list("file", flat=True))


def whole_numbers_seen(username: str) -> int:
    """How often an account looked at full numbers today."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Look.objects.unscoped().filter(actor=username, unmasked=True, at__gte=midnight).count()


def many_whole_numbers(usernames: Iterable[str], since: date, usual: int) -> list[tuple[str, date, int]]:
    """Account, day and count for each account with more than `usual` looks at full numbers on a day, latest first."""
    begin = datetime.combine(since, time(), clock.CHINA)
    looks = Look.objects.unscoped().filter(unmasked=True, at__gte=begin, actor__in=list(usernames)).order_by()
    counted = looks.values_list("actor", TruncDate("at", tzinfo=clock.CHINA)).annotate(n=Count("pk"))
    return sorted(counted.filter(n__gt=usual), key=lambda row: (row[1], row[2]), reverse=True)


def look_hash(content: Mapping[str, Any], *, at: datetime, seq: int, unmasked: bool, request: str) -> str:
    """The keyed hash of a look.

    Looks are not sealed at once, so access to the database alone must not be enough to forge one.
    """
    by = {"request": request} if request else {}  # older looks have none
    return keyed_hash("look", _json({**content, **by, "at": moment(at), "seq": seq, "unmasked": unmasked}))


def _content(payload: Mapping[str, Any], state: Mapping[str, Mapping[str, Any]] | None) -> dict[str, Any]:
    """The stored content: the payload, masked; the columns set, whose hashes may look like numbers and are not;
    the request id.
    """
    said = {key: item if key == "state" else masked(item) for key, item in payload.items()}
    request = request_ids.here()
    return said | ({} if state is None else {"state": state}) | ({"request": request} if request else {})


def masked(value: Any) -> Any:
    """Mask ID numbers, because the record is never erased, and turn dates into text."""
    if isinstance(value, str):
        return masking.text(value)
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
