"""Computes the contents of a seal: counts and hashes of the rows since the previous seal."""

import hashlib
import json
from datetime import date
from typing import NamedTuple

from jiuyuan.history import stored
from jiuyuan.history.services import LOOKED, moment


class Sealed(NamedTuple):
    """What lies between two seals: counts, a hash over the heads of the files, and one over the looks."""

    entries: int
    files: int
    heads: str
    looks: int = 0
    looks_hash: str = ""


def between(after: int | None, last_entry: int, after_look: int | None, last_look: int | None) -> Sealed:
    """Summarise the rows between two positions. Raises `stored.UnreadableColumn`."""
    heads: dict[str, tuple[int, str]] = {}
    entries = 0
    where, given = _range(after, last_entry)
    for row in stored.rows("history_entry", ("file", "seq", "hash"), where=where, order=["id"], given=given):
        file, at_place = row.text("file"), (row.number("seq"), row.text("hash"))
        heads[file] = max(heads.get(file, (0, "")), at_place)
        entries += 1
    # Sort in Python: the two databases sort text differently.
    of_heads = hashlib.sha256(json.dumps(sorted(heads.items())).encode()).hexdigest()
    if last_look is None:
        return Sealed(entries, len(heads), of_heads)
    looks, digest = 0, hashlib.sha256()
    where, given = _range(after_look, last_look)
    columns = ("id", "at", "seq", *LOOKED, "unmasked", "request", "hash")
    for row in stored.rows("history_look", columns, where=where, order=["id"], given=given):
        numbers, texts = (row.number("id"), row.number("seq")), [row.text(name) for name in (*LOOKED, "hash")]
        content = [*numbers, moment(row.moment("at")), row.yes("unmasked"), *texts]
        if request := row.text("request"):  # older looks have no request id
            content.append(request)
        digest.update(json.dumps(content, ensure_ascii=False).encode())
        looks += 1
    return Sealed(entries, len(heads), of_heads, looks, digest.hexdigest())


def _range(after: int | None, last: int) -> tuple[str, list[int]]:
    return ("id <= %s", [last]) if after is None else ("id > %s AND id <= %s", [after, last])


def digest_hash(day: date, part: int, last_entry: int, last_look: int | None, previous: str, found: Sealed) -> str:
    """SHA-256 over the contents of a seal. Seals older than sealed looks include neither the looks nor the part."""
    content: list[object] = [day.isoformat(), last_entry, found.entries, found.files, previous, found.heads]
    if last_look is not None:
        content += [part, last_look, found.looks, found.looks_hash]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
