"""Seals the record: a hash over the acts and looks since the previous seal, chained to that seal.

The cost of sealing depends on what is new; verifying reads the record once, however many seals it has.
"""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from jiuyuan import demonstration_progress
from jiuyuan.history import ledger as ledgers
from jiuyuan.history import ledger_key
from jiuyuan.history.digests import between, digest_hash
from jiuyuan.history.ledger_key import Keys, NoKey
from jiuyuan.history.models import Digest, Entry, Look
from jiuyuan.history.services import GENESIS
from jiuyuan.history.verifying import acts, extent, verify, warnings
from jiuyuan.refusals import Conflict
from jiuyuan.wording import say

__all__ = ["acts", "extent", "seal", "signs_here", "verify", "warnings"]


def seal(day: date, ledger: Path, key: Path | None = None) -> Digest:
    """Seal the record, and append a signed line to the ledger outside the database.

    A day may be sealed several times; without anything new its last seal is returned. `key` defaults to the
    installation's. Raises `Conflict` for a day before the last sealed one and in an unfinished demonstration,
    `NoKey` if this account cannot sign.
    """
    if demonstration_progress.progress(settings.JIUYUAN):
        raise Conflict(demonstration_progress.NOT_YET)
    key = key or settings.JIUYUAN.ledger_key
    keys = _keys(key)
    _write_down_what_a_crash_left(ledger, key, keys)
    last_entry, last_look = _last_settled(Entry), _last_settled(Look)
    try:
        with transaction.atomic():
            before = Digest.objects.order_by("day", "part").last()
            if before and before.day > day:
                if there := Digest.objects.filter(day=day).last():
                    return there
                raise Conflict(say("{day} 已经封存，不能再封存更早的 {day_2}。", day=before.day, day_2=day))
            of_the_day = before.part if before and before.day == day else 0
            if before and of_the_day and (before.last_entry, before.last_look) == (last_entry, last_look):
                return before
            digest = _digest(day, of_the_day + 1, before, last_entry, last_look)
            digest.save(force_insert=True)
    except IntegrityError:
        raise Conflict(say("{day} 正由另一个程序封存。", day=day)) from None
    line = ledgers.line_of(digest, keys)
    ledgers.append(ledger, line)
    ledger_key.remember(key, line)
    return digest


def _digest(day: date, part: int, before: Digest | None, last_entry: int, last_look: int) -> Digest:
    found = between(before.last_entry if before else None, last_entry, before.last_look if before else None, last_look)
    previous = before.hash if before else GENESIS
    return Digest(
        day=day,
        part=part,
        last_entry=last_entry,
        entries=found.entries,
        files=found.files,
        last_look=last_look,
        looks=found.looks,
        looks_hash=found.looks_hash,
        previous=previous,
        hash=digest_hash(day, part, last_entry, last_look, previous, found),
    )


def signs_here(key: Path | None = None) -> bool:
    """Whether this account seals: it has the private key, or there is no key yet."""
    try:
        return ledger_key.read(key or settings.JIUYUAN.ledger_key).signing is not None
    except NoKey:
        return True


def _keys(path: Path) -> Keys:
    """The signing keys, created at the installation's first seal and never again."""
    if not path.exists() and not Digest.objects.filter(last_look__isnull=False).exists():
        return ledger_key.create(path)
    return ledger_key.read(path)


def _write_down_what_a_crash_left(ledger: Path, key: Path, keys: Keys) -> None:
    """Append the line of a seal that was committed before a crash, if everything before it is intact."""
    last, former = [*Digest.objects.order_by("-day", "-part")[:2], None, None][:2]
    if last is None or last.last_look is None:
        return
    known = former.hash if former else None
    if [ledgers.last_hash(ledger), ledgers.last_hash(ledger_key.remembered(key))] != [known, known]:
        return
    again = _digest(last.day, last.part, former, last.last_entry, last.last_look)
    if (again.previous, again.hash) == (last.previous, last.hash):
        ledgers.append(ledger, ledgers.line_of(last, keys))


def _last_settled(model: type[models.Model]) -> int:
    """The last row before which nothing is uncommitted.

    PostgreSQL numbers rows when they are written, not when they are committed, so this waits for writers; for one
    table at a time, because they write acts and looks in either order.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE MODE")
        last: int | None = model._base_manager.aggregate(last=models.Max("id"))["last"]
        return last or 0
