"""Verifies that nothing in the record was changed, removed or inserted.

Every fault is a sentence, whatever the tables and ledger contain.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from jiuyuan.history import ledger as ledgers
from jiuyuan.history import ledger_key, stored
from jiuyuan.history.digests import Sealed, between, digest_hash
from jiuyuan.history.ledger_key import Keys, NoKey
from jiuyuan.history.models import Digest, Entry, Look, interval
from jiuyuan.history.services import GENESIS, LOOKED, LOOKS, WRITTEN, content_hash, look_hash
from jiuyuan.history.stored import Stored, UnreadableColumn
from jiuyuan.wording import say

_MOST_NAMED = 5


@dataclass(frozen=True)
class Extent:
    """The size of the record: files, entries, looks, seals, and rows since the last seal."""

    files: int
    entries: int
    looks: int
    seals: int
    open_entries: int
    open_looks: int


def acts() -> int:
    """The number of acts in the record."""
    return Entry.objects.unscoped().count()


def extent() -> Extent:
    last = Digest.objects.order_by("day", "part").last()
    entries, looks = Entry.objects.unscoped(), Look.objects.unscoped()
    return Extent(
        entries.order_by().values("file").distinct().count(),
        acts(),
        looks.count(),
        Digest.objects.count(),
        entries.filter(pk__gt=last.last_entry if last else 0).count(),
        looks.filter(pk__gt=(last.last_look or 0) if last else 0).count(),
    )


def verify(ledger: Path | None = None, *, outside: Path | None = None, key: Path | None = None) -> Iterator[str]:
    """Yield every fault found, as a sentence.

    `ledger`: the installation's own, which must have every seal; `outside`: a copy kept elsewhere, which may lack
    some. `key` defaults to the installation's.
    """
    yield from _readable("history_entry", _chains)
    yield from _readable("history_look", _looks)
    yield from _readable("history_head", _heads)
    seals: list[_Seal] = []
    yield from _readable("history_digest", partial(_seals, seals))
    if ledger is not None or outside is not None:
        yield from _ledgers(seals, ledger, outside, key or settings.JIUYUAN.ledger_key)


def warnings(ledger: Path, outside: Path | None) -> Iterator[str]:
    """Yield what the verification does not cover, in words."""
    if outside is None:
        yield (
            say(
                "没有给出另处留存的封存值（--ledger）。现在只与数据文件夹里的那份核对：能同时改数据库和数据文件夹的人，"
                "可以把两处一起截短，这样查不出来。请用另处留存的一份再核对一次。"
            )
        )
    elif not ledger.exists():
        yield say("数据文件夹里没有 {name}，只与另处留存的一份核对。", name=ledger.name)


def _readable(table: str, part: Callable[[], Iterator[str]]) -> Iterator[str]:
    try:
        yield from part()
    except DatabaseError as error:
        yield say("表 {table} 读不出来：{split}", table=table, split=" ".join(str(error).split()))


def _chains() -> Iterator[str]:
    file, seq, previous = "", 0, GENESIS
    for row in stored.rows("history_entry", ("id", *WRITTEN, "at", "previous", "hash"), order=["file", "seq"]):
        try:
            here, place = row.text("file"), row.number("seq")
        except UnreadableColumn as column:
            yield say(
                "记录 {shown}（案卷 {shown_2}）的 {column} 读不懂。",
                shown=row.shown("id"),
                shown_2=row.shown("file"),
                column=column,
            )
            continue
        if here != file:
            file, seq, previous = here, 0, GENESIS
        seq += 1
        if place != seq:
            yield say("案卷 {file}：第 {seq} 条缺失，其后是第 {place} 条。", file=file, seq=seq, place=place)
            seq = place
        elif row.shown("previous") != previous:
            yield say("案卷 {file}：第 {seq} 条与前一条不衔接。", file=file, seq=seq)
        try:
            if row.text("hash") != _entry_hash(row):
                yield say("案卷 {file}：第 {seq} 条的内容被改动。", file=file, seq=seq)
        except (UnreadableColumn, RecursionError) as fault:
            yield say("案卷 {file}：第 {seq} 条的内容被改动：{fault} 读不懂。", file=file, seq=seq, fault=fault)
        previous = row.shown("hash")


def _entry_hash(row: Stored) -> str:
    content = row.texts([name for name in (*WRITTEN, "previous") if name not in ("seq", "payload")])
    return content_hash({**content, "seq": row.number("seq"), "payload": row.json("payload")}, row.moment("at"))


def _looks() -> Iterator[str]:
    """Verify each look, and the numbering of each account's looks."""
    actor, seq = "", 0
    for row in stored.rows(
        "history_look", ("id", "at", "seq", *LOOKED, "unmasked", "request", "hash"), order=["actor", "seq", "id"]
    ):
        try:
            content, place = row.texts(LOOKED), row.number("seq")
            made = look_hash(
                content, at=row.moment("at"), seq=place, unmasked=row.yes("unmasked"), request=row.text("request")
            )
        except UnreadableColumn as column:
            yield say("查看记录 {shown} 被改动：{column} 读不懂。", shown=row.shown("id"), column=column)
            continue
        if content["actor"] != actor:
            actor, seq = content["actor"], 0
        if row.shown("hash") != made:
            yield say(
                "查看记录 {shown}（{actor} 第 {place} 次查看，{file}）被改动，或不是系统写的。",
                shown=row.shown("id"),
                actor=actor,
                place=place,
                file=content["file"],
            )
        if place > seq + 1:
            yield say(
                "查看记录：{actor} 的第 {seq} 次查看{value}缺失。",
                actor=actor,
                seq=seq + 1,
                value=say("至第 {place} 次", place=place - 1) if place > seq + 2 else "",
            )
        elif place <= seq:
            yield say("查看记录：{actor} 的第 {place} 次查看有两条。", actor=actor, place=place)
        seq = max(seq, place)


# The stored lengths of chains compared with what is there. (First the table's name, then its chain and number
# columns.)
_CUT = (
    'SELECT chain, seq FROM history_head WHERE {of} AND NOT EXISTS (SELECT 1 FROM "{table}" AS written '
    "WHERE written.{name} = {chain} AND written.seq = history_head.seq) ORDER BY chain"
)
_BEYOND = (
    'SELECT written.{name}, MAX(written.seq) FROM "{table}" AS written LEFT JOIN history_head ON {chain} = written.{name} AND {of} '
    "GROUP BY written.{name}, history_head.seq HAVING MAX(written.seq) > COALESCE(history_head.seq, 0) ORDER BY written.{name}"
)
_ACTS = {
    "table": "history_entry",
    "name": "file",
    "chain": "history_head.chain",
    "of": f"substr(chain, 1, {len(LOOKS)}) <> '{LOOKS}'",
}
_SEEN = {
    "table": "history_look", "name": "actor", "chain": f"substr(history_head.chain, {len(LOOKS) + 1})",
    "of": f"substr(chain, 1, {len(LOOKS)}) = '{LOOKS}'",
}  # fmt: skip


def _heads() -> Iterator[str]:
    for kind in (_ACTS, _SEEN):
        with connection.cursor() as cursor:
            cursor.execute(_CUT.format_map(kind))
            for chain, seq in cursor.fetchall():
                yield say("{name}：末尾缺失，最后一条应为第 {seq} 条。", name=_chain_named(kind, chain), seq=seq)
            cursor.execute(_BEYOND.format_map(kind))
            for chain, seq in cursor.fetchall():
                yield say(
                    "{name}：第 {seq} 条不是系统写的，系统只写到它前面。", name=_chain_named(kind, chain), seq=seq
                )


def _chain_named(kind: Mapping[str, str], chain: str) -> str:
    if kind is _SEEN:
        return say("查看记录：{who}", who=str(chain).removeprefix(LOOKS))
    return say("案卷 {file}", file=chain)


@dataclass(frozen=True)
class _Seal:
    """A stored seal, and the hash its rows have now."""

    day: str
    part: int
    hash: str
    entries: int
    files: int
    looks: int
    with_looks: bool

    def __str__(self) -> str:
        return interval(self.day, self.part)


_DIGEST = ("day", "part", "last_entry", "entries", "files", "last_look", "looks", "looks_hash", "previous", "hash")


def _seals(seals: list[_Seal]) -> Iterator[str]:
    previous, after, after_look = GENESIS, None, None
    for row in list(stored.rows("history_digest", _DIGEST, order=["day", "part"])):
        try:
            day, part, last_entry, last_look = (
                row.day("day"), row.number("part"), row.number("last_entry"), row.number_or_none("last_look"),
            )  # fmt: skip
            said = Sealed(row.number("entries"), row.number("files"), "", row.number("looks"), row.text("looks_hash"))
            found = between(after, last_entry, after_look, last_look)
        except UnreadableColumn as column:
            yield say("{shown} 的日封存值核对不了：{column} 读不懂。", shown=row.shown("day"), column=column)
            continue
        seal = _Seal(
            day.isoformat(), part, row.shown("hash"), said.entries, said.files, said.looks, last_look is not None
        )
        seals.append(seal)
        if after_look is not None and last_look is None:
            yield say("{seal} 的日封存值没有包括查看记录，封存行被改动。", seal=seal)
        made = digest_hash(day, part, last_entry, last_look, row.shown("previous"), found)
        if row.shown("previous") != previous or row.shown("hash") != made:
            yield from _told_apart(seal, said, found, linked=row.shown("previous") == previous)
        elif said != found._replace(heads=""):
            yield say(
                "{seal} 的封存行被改动：写着{said}，实际是{found}。",
                seal=seal,
                said=_counted(said),
                found=_counted(found),
            )
        previous, after, after_look = row.shown("hash"), last_entry, last_look


def _told_apart(seal: _Seal, said: Sealed, found: Sealed, *, linked: bool) -> Iterator[str]:
    """Yield which contents of a seal have changed."""
    looks = (said.looks, said.looks_hash) != (found.looks, found.looks_hash)
    if looks:
        now = (
            say("（封存时{looks}次，现在{found_looks}次）", looks=said.looks, found_looks=found.looks)
            if said.looks != found.looks
            else ""
        )
        yield say("{seal} 封存的查看记录与现在的不符：有查看被改动、删除或插入{now}。", seal=seal, now=now)
    if not looks or not linked or said.entries != found.entries:
        now = (
            say("（封存时{entries}条，现在{found_entries}条）", entries=said.entries, found_entries=found.entries)
            if said.entries != found.entries
            else ""
        )
        yield say("{seal} 的日封存值与记录不符：有记录被改动、删除或插入{now}。", seal=seal, now=now)


def _counted(sealed: Sealed) -> str:
    return say(
        "{entries}条记录、{files}个案卷、{looks}次查看", entries=sealed.entries, files=sealed.files, looks=sealed.looks
    )


def _ledgers(seals: list[_Seal], own: Path | None, outside: Path | None, key: Path) -> Iterator[str]:
    keys: Keys | None = None
    closed = ""
    try:
        keys = ledger_key.read(key)
    except NoKey as fault:
        closed = str(fault).rstrip("。")
    lines: list[ledgers.LedgerLine] = []
    if own is not None and (own.exists() or (outside is None and seals)):
        lines += yield from _ledger(seals, own, keys, whole=True)
    if outside is not None:
        lines += yield from _ledger(seals, outside, keys, whole=False)
    if closed and (any(line.signed for line in lines) or any(seal.with_looks for seal in seals)):
        yield say("{closed}，封存的签名没有核对。", closed=closed)
    for last in ledgers.read(beside, keys) if own and (beside := ledger_key.remembered(key)).exists() else ():
        if isinstance(last, str):
            yield last
        elif last.of not in {line.of for line in lines}:
            yield from _missed(seals, last)


def _ledger(
    seals: list[_Seal], path: Path, keys: Keys | None, *, whole: bool
) -> Generator[str, None, list[ledgers.LedgerLine]]:
    """Yield the differences between one ledger and the database. Returns the readable lines."""
    kept: dict[tuple[str, int], ledgers.LedgerLine] = {}
    for line in ledgers.read(path, keys):
        if isinstance(line, str):
            yield line
        elif (there := kept.setdefault(line.of, line)) != replace(line, number=there.number):
            yield say(
                "{name} 第{number}行与第{there_number}行说的是同一次封存，内容却不同。",
                name=path.name,
                number=line.number,
                there_number=there.number,
            )
    left = dict(kept)
    missing = []
    for seal in seals:
        if line_of_it := left.pop((seal.day, seal.part), None):
            yield from _compared(seal, line_of_it, path)
        elif whole:
            missing.append(str(seal))
    if missing:
        named = "、".join(missing[:_MOST_NAMED]) + (
            say("等{count}次", count=len(missing)) if len(missing) > _MOST_NAMED else ""
        )
        yield say("{name} 中没有 {named} 的日封存值，库内却有。", name=path.name, named=named)
    for line in left.values():
        yield say("{line} 的日封存值在库外有留存，库内已不存在。", line=line)
    return list(kept.values())


def _missed(seals: list[_Seal], last: ledgers.LedgerLine) -> Iterator[str]:
    """Check for the last seal, of which a copy is next to the key, in case database and ledger were cut alike."""
    hashes = [seal.hash for seal in seals if (seal.day, seal.part) == last.of]
    if not hashes:
        yield say("{last} 的日封存值记在密钥旁边，库内和 digests.jsonl 中都没有：最近的封存被删除。", last=last)
    elif hashes != [last.hash]:
        yield say("{last} 的日封存值与密钥旁边记的不一致。", last=last)


def _compared(seal: _Seal, line: ledgers.LedgerLine, path: Path) -> Iterator[str]:
    if line.hash != seal.hash:
        yield say("{seal} 的日封存值与库外留存的不一致。", seal=seal)
    elif (line.entries, line.files) != (seal.entries, seal.files) or line.looks not in (None, seal.looks):
        yield say("{name} 第{number}行的数目与库内的日封存值不一致。", name=path.name, number=line.number)
    elif seal.with_looks and not line.signed:
        yield say("{name} 第{number}行没有签名。", name=path.name, number=line.number)
