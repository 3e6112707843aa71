"""Digests of a day, and the proof that nothing was changed, removed or slipped in.

A digest covers the rows since the digest before it, and that digest's hash: sealing costs what the day brought, and
proving costs one reading of the record, however many days were sealed.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, Max

from jiuyuan.history.models import Digest, Entry
from jiuyuan.history.services import GENESIS, entry_hash
from jiuyuan.refusals import Conflict


@dataclass(frozen=True)
class Extent:
    """How much there is: files with a chain, entries in them, days sealed."""

    files: int
    entries: int
    days: int


def seal(day: date, ledger: Path) -> Digest:
    """Seal what came into the record since the last digest, and append this one to a file outside the database.

    A day that is sealed stays as it is: sealing again returns the same digest. Raises `Conflict` where a later day is.
    """
    last_entry = _last_settled_entry()
    with transaction.atomic():
        if sealed := Digest.objects.filter(day=day).first():
            return sealed
        before = Digest.objects.order_by("-day").first()
        if before and before.day > day:
            raise Conflict(f"{before.day} 已经封存，不能再封存更早的 {day}。")
        previous = before.hash if before else GENESIS
        entries, files, heads = _heads(before.last_entry if before else None, last_entry)
        digest = Digest.objects.create(
            day=day,
            last_entry=last_entry,
            entries=entries,
            files=files,
            previous=previous,
            hash=_digest_hash(day, last_entry, entries, files, previous, heads),
        )
    line = {"day": day.isoformat(), "entries": entries, "files": files, "hash": digest.hash}
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return digest


def verify(ledger: Path | None = None) -> Iterator[str]:
    """Every fault found, a sentence each: broken chains, gaps, changed entries, digests that no longer hold."""
    file, seq, previous = "", 0, GENESIS
    for entry in Entry.objects.order_by("file", "seq").iterator(chunk_size=2000):
        if entry.file != file:
            file, seq, previous = entry.file, 0, GENESIS
        seq += 1
        if entry.seq != seq:
            yield f"案卷 {file}：第 {seq} 条缺失，其后是第 {entry.seq} 条。"
            seq = entry.seq
        elif entry.previous != previous:
            yield f"案卷 {file}：第 {seq} 条与前一条不衔接。"
        if entry.hash != entry_hash(entry):
            yield f"案卷 {file}：第 {seq} 条的内容被改动。"
        previous = entry.hash
    yield from _verify_digests(ledger)


def extent() -> Extent:
    files = Entry.objects.aggregate(files=Count("file", distinct=True))["files"]
    return Extent(files, Entry.objects.count(), Digest.objects.count())


def _verify_digests(ledger: Path | None) -> Iterator[str]:
    previous, after = GENESIS, None
    kept = _read_ledger(ledger)
    for digest in Digest.objects.order_by("day"):
        entries, files, heads = _heads(after, digest.last_entry)
        found = _digest_hash(digest.day, digest.last_entry, entries, files, digest.previous, heads)
        if digest.previous != previous or digest.hash != found:
            yield f"{digest.day} 的日封存值与记录不符：有记录被改动、删除或插入。"
        if kept.pop(digest.day.isoformat(), digest.hash) != digest.hash:
            yield f"{digest.day} 的日封存值与库外留存的不一致。"
        previous, after = digest.hash, digest.last_entry
    for day in kept:
        yield f"{day} 的日封存值在库外有留存，库内已不存在。"


def _read_ledger(ledger: Path | None) -> dict[str, str]:
    if ledger is None or not ledger.exists():
        return {}
    lines = (json.loads(line) for line in ledger.read_text("utf-8").splitlines() if line)
    return {line["day"]: line["hash"] for line in lines}


def _last_settled_entry() -> int:
    """The last row with none before it still to be committed.

    PostgreSQL numbers rows when they are written, not when they are committed, so the writers are waited for.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE history_entry IN SHARE MODE")
        return Entry.objects.aggregate(last=Max("id"))["last"] or 0


def _heads(after: int | None, last_entry: int) -> tuple[int, int, str]:
    """Of the rows after one up to another: their count, the count of their files, one hash over the head of each file."""
    heads: dict[str, tuple[int, str]] = {}
    entries = 0
    rows = Entry.objects.filter(id__lte=last_entry)
    if after is not None:
        rows = rows.filter(id__gt=after)
    for file, seq, hash_ in rows.order_by("id").values_list("file", "seq", "hash").iterator(chunk_size=5000):
        heads[file] = max(heads.get(file, (0, "")), (seq, hash_))
        entries += 1
    # Sorted here, for two databases do not sort alike.
    return entries, len(heads), hashlib.sha256(json.dumps(sorted(heads.items())).encode()).hexdigest()


def _digest_hash(day: date, last_entry: int, entries: int, files: int, previous: str, heads: str) -> str:
    content = json.dumps([day.isoformat(), last_entry, entries, files, previous, heads])
    return hashlib.sha256(content.encode()).hexdigest()
