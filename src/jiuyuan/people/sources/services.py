"""Services for departments' files: upload, trial run, import, discard, withdraw."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.scope import ScopedQuerySet
from jiuyuan.people.models import ImportBatch
from jiuyuan.people.sources import storing
from jiuyuan.people.sources.cells import UnreadableCell, day
from jiuyuan.people.sources.mapping import DEPARTMENTS, UnusableMapping, load
from jiuyuan.people.sources.workflow import IMPORT, may_import
from jiuyuan.procedures import engine
from jiuyuan.procedures.own_matter import same_person
from jiuyuan.refusals import BadInput, Conflict
from jiuyuan.rules.possible_days import why_impossible
from jiuyuan.wording import say

Status = ImportBatch.Status
KEPT = timedelta(days=7)  # for files that were tried but neither imported nor discarded
_LARGEST = 2 << 30
_LARGEST_KEY = 2**63 - 1
_DAY_IN_NAME = re.compile(r"20[0-9]{2}[-年.]?[0-9]{1,2}[-月.]?[0-9]{1,2}日?")
_IMPORTED = (Status.RUNNING, Status.DONE, Status.WITHDRAWING)


def upload(
    user: User,
    kind: str,
    file_name: str,
    pieces: Iterable[bytes],
    observed_on: date | None = None,
    *,
    dry: bool = True,
    waits: bool = True,
) -> ImportBatch:
    """Store a file for its trial run (`dry`) or immediate import by the worker, or by the caller (`waits`).

    An earlier register always has a trial run first, because another person confirms it. `observed_on`: the day
    of the data if the rows do not have it, by default the day in the file name, else today. Raises `BadInput` for
    `kind`, `file` or `observed_on`, `Conflict` if the same file was imported already.
    """
    may_import(user, kind)
    if kind not in ImportBatch.Kind.values:
        raise BadInput(
            say("数据种类有误。"), [("kind", say("数据种类应为{values}之一。", values=ImportBatch.Kind.values))]
        )
    today = clock.today()
    day_of_data = observed_on or _day_in(file_name, today) or today
    if day_of_data > today:
        raise BadInput(say("数据日期有误。"), [("observed_on", say("数据日期不能晚于今天。"))])
    if why := why_impossible("observed_on", day_of_data, today=today):
        raise BadInput(say("数据日期有误。"), [("observed_on", say("数据日期：{why}，请核对年月日。", why=why))])
    if kind in DEPARTMENTS:
        try:
            load(kind)
        except UnusableMapping as wrong:
            raise BadInput(say("对照表有误。"), [("kind", str(wrong))]) from None
    stored, digest = storing.store(_not_too_large(pieces))
    try:
        with transaction.atomic():
            _refuse_twice(user, kind, digest)
            kept = {
                "kind": kind, "file_name": file_name[:200], "sha256": digest, "stored_as": stored, "observed_on": day_of_data,
            }  # fmt: skip
            batch: ImportBatch = engine.act(
                user, IMPORT, None, "upload", carried={"kept": kept, "dry": dry, "waits": waits}
            )
    except BaseException:
        storing.remove(stored)
        raise
    return batch


def _not_too_large(pieces: Iterable[bytes]) -> Iterable[bytes]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > _LARGEST:
            raise BadInput(say("文件太大。"), [("file", say("文件超过2GB，请拆成几个文件后再导入。"))])
        yield piece
    if not length:
        raise BadInput(say("文件是空的。"), [("file", say("文件是空的，请检查后重新选择。"))])


def _day_in(file_name: str, today: date) -> date | None:
    for match in _DAY_IN_NAME.finditer(file_name):
        try:
            if (found := day(match.group().rstrip("日").replace("年", "-").replace("月", "-"))) <= today:
                return found
        except UnreadableCell:
            continue
    return None


def _refuse_twice(user: User, kind: str, digest: str) -> None:
    """Refuse the same file twice, except an earlier register, whose second import finds everybody registered."""
    if kind == ImportBatch.Kind.EARLIER_REGISTER:
        return
    same = ImportBatch.objects.visible_to(user).filter(kind=kind, sha256=digest, area=user.area, status__in=_IMPORTED)
    if (batch := same.first()) is not None:
        raise Conflict(
            say(
                "这个文件{at:date}已经导入过（第{pk}批），不会重复导入。要重新导入，请先撤回那一批。",
                at=batch.at,
                pk=batch.pk,
            ),
            batch=batch.pk,
        )


def interrupted(user: User, kind: str, digest: str) -> ImportBatch | None:
    """The batch of the same file left by a killed run."""
    return _same(user, kind, digest, Status.RUNNING).first()


def unconfirmed(user: User, digest: str) -> ImportBatch | None:
    """An earlier register with the same content that waits for a second person;
    one uploaded by somebody else comes first.
    """
    waiting = list(_same(user, ImportBatch.Kind.EARLIER_REGISTER, digest, Status.CHECKED).select_related("by__agency"))
    return min(waiting, key=lambda batch: (same_person(batch.by, user), batch.pk), default=None)


def _same(user: User, kind: str, digest: str, status: str) -> ScopedQuerySet:
    return ImportBatch.objects.visible_to(user).filter(kind=kind, sha256=digest, area=user.area, status=status)


def forget_tried() -> int:
    """Discard files that were tried and forgotten, because they have people without a file. Returns how many."""
    since = clock.now() - KEPT
    forgotten = ImportBatch.objects.unscoped().filter(status=Status.CHECKED, at__lt=since)
    found = list(forgotten.values_list("pk", flat=True))
    for pk in found:
        engine.act(None, IMPORT, pk, "discard", machine="worker")
    return len(found)
