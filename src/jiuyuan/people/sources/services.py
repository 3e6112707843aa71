"""What may be done with departments' files: upload one, try it, import it, give it up, take it back."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import storing
from jiuyuan.people.sources.cells import Unreadable, day
from jiuyuan.people.sources.mapping import DEPARTMENTS, Unusable, load
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, WrongState
from jiuyuan.rules.possible_days import why_impossible
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import Kind

Status = ImportBatch.Status
KEPT = timedelta(days=7)  # a file that was tried and neither imported nor given up
_LARGEST = 2 << 30
_LARGEST_KEY = 2**63 - 1
_DAY_IN_NAME = re.compile(r"20[0-9]{2}[-年.]?[0-9]{1,2}[-月.]?[0-9]{1,2}日?")
_IMPORTED = (Status.RUNNING, Status.DONE, Status.WITHDRAWING)


#: What the worker does with a batch in a state.
JOBS = {Status.CHECKING: Kind.TRY_FILE, Status.RUNNING: Kind.IMPORT_FILE, Status.WITHDRAWING: Kind.TAKE_BACK_FILE}


def may_import(user: User) -> None:
    """Raises `NotForRole`."""
    if not user.may(Right.IMPORT_RECORDS):
        raise NotForRole("数据由县（市、区）复核人导入，您的角色不能办理。")


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
    """Keep a file for its trial run (`dry`), or for its import at once. The worker runs it, unless the caller does (`waits`).

    `observed_on`: the day of the data where the rows do not say; else the day in the file's name, else today.
    Raises `BadInput` for `kind`, `file` or `observed_on`, `Conflict` where the same file is imported already.
    """
    may_import(user)
    if kind not in ImportBatch.Kind.values:
        raise BadInput("数据种类有误。", [("kind", f"数据种类应为{'、'.join(ImportBatch.Kind.values)}之一。")])
    today = clock.today()
    day_of_data = observed_on or _day_in(file_name, today) or today
    if day_of_data > today:
        raise BadInput("数据日期有误。", [("observed_on", "数据日期不能晚于今天。")])
    if why := why_impossible("observed_on", day_of_data, today=today):
        raise BadInput("数据日期有误。", [("observed_on", f"数据日期：{why}，请核对年月日。")])
    if kind in DEPARTMENTS:
        try:
            load(kind)
        except Unusable as wrong:
            raise BadInput("对照表有误。", [("kind", str(wrong))]) from None
    stored, digest = storing.store(_not_too_large(pieces))
    try:
        with transaction.atomic():
            _refuse_twice(user, kind, digest)
            agency = user.agency
            assert agency is not None
            batch = ImportBatch.objects.create(
                kind=kind, file_name=file_name[:200], sha256=digest, stored_as=stored, agency=agency, area=agency.path,
                observed_on=day_of_data, by=user, at=clock.now(),
                status=Status.CHECKING if dry else Status.RUNNING,
            )  # fmt: skip
            payload = {"kind": kind, "file": file_name, "sha256": digest}
            history.append(f"import:{batch.pk}", user.actor, "file_uploaded", payload, batch.area)
            if waits:
                order(batch, user)
    except BaseException:
        storing.remove(stored)
        raise
    return batch


def order(batch: ImportBatch, user: User) -> None:
    """Let the worker do what the batch's state asks for."""
    queue.order(JOBS[Status(batch.status)], batch.pk, about=in_words(batch), area=batch.area, by=user)


def in_words(batch: ImportBatch) -> str:
    """What a batch is called where nobody is named."""
    return f"第{batch.pk}批 {batch.get_kind_display()}"


def _not_too_large(pieces: Iterable[bytes]) -> Iterable[bytes]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > _LARGEST:
            raise BadInput("文件太大。", [("file", "文件超过2GB，请拆成几个文件后再导入。")])
        yield piece
    if not length:
        raise BadInput("文件是空的。", [("file", "文件是空的，请检查后重新选择。")])


def _day_in(file_name: str, today: date) -> date | None:
    for match in _DAY_IN_NAME.finditer(file_name):
        try:
            if (found := day(match.group().rstrip("日").replace("年", "-").replace("月", "-"))) <= today:
                return found
        except Unreadable:
            continue
    return None


def _refuse_twice(user: User, kind: str, digest: str) -> None:
    """An earlier register may be read again: it finds everybody on the register already."""
    if kind == ImportBatch.Kind.EARLIER_REGISTER:
        return
    same = ImportBatch.objects.visible_to(user).filter(kind=kind, sha256=digest, area=user.area, status__in=_IMPORTED)
    if (batch := same.first()) is not None:
        raise Conflict(
            f"这个文件{batch.at:%Y年%-m月%-d日}已经导入过（第{batch.pk}批），不会重复导入。要重新导入，请先撤回那一批。",
            batch=batch.pk,
        )


def interrupted(user: User, kind: str, digest: str) -> ImportBatch | None:
    """The batch of the same file that a killed run left half-way."""
    rows = ImportBatch.objects.visible_to(user)
    found: ImportBatch | None = rows.filter(kind=kind, sha256=digest, area=user.area, status=Status.RUNNING).first()
    return found


def visible_batch(user: User, pk: int) -> ImportBatch:
    """The batch, locked. Raises `NotForRole`, `NotFound`."""
    may_import(user)
    rows = ImportBatch.objects.visible_to(user).select_for_update(of=("self",))
    batch: ImportBatch | None = rows.filter(pk=pk).first() if 0 < pk <= _LARGEST_KEY else None
    if batch is None:
        raise NotFound("没有这一批导入。")
    return batch


@transaction.atomic
def start(user: User, pk: int) -> ImportBatch:
    """Let a file that was tried be imported; the worker does it. Raises `WrongState`, `Conflict`."""
    batch = visible_batch(user, pk)
    if batch.status != Status.CHECKED:
        raise WrongState("这一批不在等待导入，请重新打开页面。", status=batch.status, actions=[])
    batch.status, batch.by, batch.done, batch.counts = Status.RUNNING, user, 0, {}
    try:
        with transaction.atomic():
            batch.save(update_fields=["status", "by", "done", "counts"])
    except IntegrityError:
        raise Conflict("同一个文件已经导入过，不会重复导入。要重新导入，请先撤回那一批。") from None
    history.append(f"import:{pk}", user.actor, "import_started", {}, batch.area)
    order(batch, user)
    return batch


@transaction.atomic
def discard(user: User, pk: int) -> ImportBatch:
    """Give up a file that was only tried; it is removed."""
    batch = visible_batch(user, pk)
    if batch.status != Status.CHECKED:
        raise WrongState("只有试运行过、还没有导入的文件可以放弃。", status=batch.status, actions=[])
    return _discard(user.actor, batch)


def forget_tried() -> int:
    """Give up the files that were only tried and then forgotten: they hold people who are not on file. Returns how many."""
    since = clock.now() - KEPT
    forgotten = ImportBatch.objects.unscoped().filter(status=Status.CHECKED, at__lt=since)
    with transaction.atomic():
        for batch in (found := list(forgotten.select_for_update())):
            _discard(history.SYSTEM, batch)
    return len(found)


def _discard(actor: history.Actor, batch: ImportBatch) -> ImportBatch:
    stored, batch.status, batch.stored_as = batch.stored_as, Status.DISCARDED, ""
    batch.save(update_fields=["status", "stored_as"])
    ImportRow.objects.unscoped().filter(batch=batch).delete()
    history.append(f"import:{batch.pk}", actor, "import_discarded", {}, batch.area)
    transaction.on_commit(lambda: storing.remove(stored))
    return batch


@transaction.atomic
def take_back(user: User, pk: int, reason: str) -> ImportBatch:
    """Order that an import is taken back as a whole; the worker does it. Raises `BadInput`, `WrongState`."""
    batch = visible_batch(user, pk)
    if batch.kind == ImportBatch.Kind.EARLIER_REGISTER:
        raise WrongState("以前的认定名册不能整批撤回；导入有误的，请逐人办理退出。", status=batch.status, actions=[])
    if batch.status != Status.DONE:
        raise WrongState("只有导入完成的批次可以撤回。", status=batch.status, actions=[])
    if not reason.strip():
        raise BadInput("请写明原因。", [("reason", "请写明为什么撤回，例如部门发来的是上个月的数据。")])
    if len(reason.strip()) > 400:
        raise BadInput("原因太长。", [("reason", "撤回原因最多400个字，请写短一些。")])
    batch.status, batch.withdrawn_by, batch.withdrawn_for = Status.WITHDRAWING, user, reason.strip()
    batch.save(update_fields=["status", "withdrawn_by", "withdrawn_for"])
    history.append(f"import:{pk}", user.actor, "import_withdrawal_ordered", {"reason": reason.strip()}, batch.area)
    order(batch, user)
    return batch
