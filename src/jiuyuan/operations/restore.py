"""Restores a backup into an empty installation, and verifies the result."""

import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from django.db import connection

import jiuyuan
from jiuyuan import tables
from jiuyuan.config import Config
from jiuyuan.history import ledger_key, sealing
from jiuyuan.operations import backup, database_copy, key_prints, manifest, runs
from jiuyuan.operations.upgrade import is_later, unknown_migrations
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.whole_files import written_whole
from jiuyuan.wording import say

#: Names the backup during a restore, so that a killed one continues with the same.
_UNDER_WAY = "restoring"
_MOST_FAULTS = 20


def refuse_unusable(installation: Config, folder: Path) -> manifest.Manifest:
    """The manifest. Raises `BadInput` for other keys, a newer version, another database system, or a damaged file."""
    made = manifest.read(folder)
    if is_later(made.version, jiuyuan.__version__) or unknown_migrations(made.migrations):
        raise BadInput(
            say(
                "这份备份是 {theirs} 版做的，本机是 {ours} 版。请先安装 {theirs} 版或更新的就援，再恢复。",
                theirs=made.version,
                ours=jiuyuan.__version__,
            )
        )
    if made.vendor != connection.vendor:
        raise BadInput(
            say("备份是 {theirs} 的，本安装用的是 {ours}，不能恢复。", theirs=made.vendor, ours=connection.vendor)
        )
    if lacking := key_prints.missing(installation, made.keys):
        raise BadInput(
            say(
                "密钥不对：jiuyuan.toml 中的 {lacking} 不是做备份时的那一把（备份记的指纹是 {prints}）。"
                "请从另外保管的地方取回当时的 jiuyuan.toml；没有它，加密的号码和材料谁也读不出来。",
                lacking=lacking,
                prints=[made.keys[name] for name in lacking],
            )
        )
    digests = manifest.read_digests(folder)
    if manifest.digest_of(folder / manifest.DIGESTS) != made.files:
        raise BadInput(say("备份中的 {name} 被改动过，这份备份不能用。", name=manifest.DIGESTS))
    damaged = list(islice(_damaged(folder, digests), _MOST_FAULTS))
    if damaged:
        raise BadInput(say("备份中有文件缺失或损坏，请换一份：{damaged}。", damaged=damaged))
    return made


def _damaged(folder: Path, digests: dict[str, str]) -> Iterator[str]:
    for name, digest in digests.items():
        path = folder / name
        if not path.is_file() or manifest.digest_of(path) != digest:
            yield name


def bring_back(installation: Config, folder: Path, say_step: Callable[[str], object]) -> list[str]:
    """Restore, migrate and compare. Returns the differences in words, normally none.

    Continues after a kill. Raises `BadInput`; `Conflict` if the installation is not empty.
    """
    say_step(say("核对备份"))
    made = refuse_unusable(installation, folder)
    mark = installation.data / _UNDER_WAY
    goes_on = mark.exists() and mark.read_text("ascii") == made.files
    if not goes_on:
        _refuse_unless_empty(installation)
        mark.write_text(made.files, "ascii")
    say_step(say("恢复数据库"))
    if database_copy.is_empty() or connection.vendor == "sqlite":
        database_copy.restore(folder)
    say_step(say("恢复材料和设置"))
    _bring_back_files(installation, folder)
    say_step(say("对照"))
    differing = [*_differing(made), *_missing_documents(installation, made)]
    tables.bring_up_to_date()
    differing += islice(sealing.verify(installation.ledger), _MOST_FAULTS)
    with runs.recorded(runs.Kind.RESTORE) as figures:
        figures |= {"made_at": made.made_at, "differing": len(differing)}
    mark.unlink()
    return differing


def _refuse_unless_empty(installation: Config) -> None:
    if not database_copy.is_empty():
        raise Conflict(
            say("数据库里已有数据。恢复只能进空的数据库：请新建一个库，在 jiuyuan.toml 的 database_url 中写上它。")
        )
    for name in ("documents", backup.LEDGER):
        if (installation.data / name).exists():
            raise Conflict(
                say("{data} 里已有 {name}。请先把它移到别处（不要删除）。", data=installation.data, name=name)
            )


def _bring_back_files(installation: Config, folder: Path) -> None:
    """Copy the files one by one, each atomically, without changing the backup."""
    for name in manifest.read_digests(folder):
        if name in (database_copy.SQLITE, database_copy.POSTGRES):
            continue
        place = ledger_key.remembered(installation.ledger_key) if name == backup.LAST_SEAL else installation.data / name
        if place.exists() and place.stat().st_size == (folder / name).stat().st_size:
            continue
        with written_whole(place) as file, (folder / name).open("rb") as kept:
            shutil.copyfileobj(kept, file)
        shutil.copystat(folder / name, place)


def _differing(made: manifest.Manifest) -> Iterator[str]:
    have = database_copy.counts()
    for table, wanted in made.counts.items():
        if have.get(table) != wanted:
            yield say(
                "表 {table} 应有 {wanted} 行，恢复后有 {have} 行。", table=table, wanted=wanted, have=have.get(table, 0)
            )


def _missing_documents(installation: Config, made: manifest.Manifest) -> Iterator[str]:
    lacking = sorted({*backup.missing_documents(installation.data)} - {*made.missing_documents})
    if lacking:
        shown = lacking[:_MOST_FAULTS]
        yield say("数据库中有记载、却没有文件的材料 {count} 份：{shown}。", count=len(lacking), shown=shown)
