"""Digests of a day, and the proof that nothing was changed, removed or slipped in."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max

from jiuyuan.history.models import Digest, Entry
from jiuyuan.history.services import GENESIS, entry_hash


def seal(day: date, ledger: Path) -> Digest:
    """Seal what stands in the record at the end of `day`, and append the digest to a file outside the database.

    A day that is sealed stays as it is: sealing again returns the same digest.
    """
    last_entry = _last_settled_entry()
    with transaction.atomic():
        if sealed := Digest.objects.filter(day=day).first():
            return sealed
        before = Digest.objects.order_by("-day").first()
        entries, files, heads = _heads(last_entry)
        previous = before.hash if before else GENESIS
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


def _verify_digests(ledger: Path | None) -> Iterator[str]:
    previous = GENESIS
    kept = _read_ledger(ledger)
    for digest in Digest.objects.order_by("day"):
        entries, files, heads = _heads(digest.last_entry)
        found = _digest_hash(digest.day, digest.last_entry, entries, files, digest.previous, heads)
        if digest.previous != previous or digest.hash != found:
            yield f"{digest.day} 的日封存值与记录不符：当日或更早的记录被改动、删除或插入。"
        if kept.pop(digest.day.isoformat(), digest.hash) != digest.hash:
            yield f"{digest.day} 的日封存值与库外留存的不一致。"
        previous = digest.hash
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


def _heads(last_entry: int) -> tuple[int, int, str]:
    """Count of entries and of files up to a row, and one hash over the head of every file."""
    running = hashlib.sha256()
    entries = files = 0
    head: tuple[str, int, str] | None = None
    rows = Entry.objects.filter(id__lte=last_entry).order_by("file", "seq").values_list("file", "seq", "hash")
    for row in rows.iterator(chunk_size=5000):
        if head and row[0] != head[0]:
            running.update(json.dumps(head).encode())
            files += 1
        head = row
        entries += 1
    if head:
        running.update(json.dumps(head).encode())
        files += 1
    return entries, files, running.hexdigest()


def _digest_hash(day: date, last_entry: int, entries: int, files: int, previous: str, heads: str) -> str:
    content = json.dumps([day.isoformat(), last_entry, entries, files, previous, heads])
    return hashlib.sha256(content.encode()).hexdigest()
