"""The workflow of departments' files: trial run, import, discard, withdraw; ordered by people, done by the worker."""

from typing import Any

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import RIGHTS, Right
from jiuyuan.labels import texts
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import storing
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, OtherEyes, Procedure, State, Transition, Vocabulary
from jiuyuan.refusals import Conflict, NotForRole
from jiuyuan.wording import say
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind

_LARGEST_KEY = 2**63 - 1
_COUNTY = "数据由县（市、区）复核人导入，您的角色不能办理。"
_PLATFORM = "岗位文件和应聘结果由基层经办人导入，您的角色不能办理。"
#: Kinds of files imported by platforms; they cannot be withdrawn.
OF_PLATFORMS = frozenset({ImportBatch.Kind.VACANCIES, ImportBatch.Kind.OFFER_RESULTS})
#: The job for each state of a batch.
JOBS = {"checking": JobKind.TRY_FILE, "running": JobKind.IMPORT_FILE, "withdrawing": JobKind.TAKE_BACK_FILE}


def right_for(kind: str) -> Right:
    """The right needed for a kind of file: the county imports data about people, platforms vacancies and offers."""
    return Right.IMPORT_VACANCIES if kind in OF_PLATFORMS else Right.IMPORT_RECORDS


def may_import(user: User, kind: str = "") -> None:
    """Raise `NotForRole` if the user may not import this kind of file, or any kind if none is given."""
    rights = [right_for(kind)] if kind else [Right.IMPORT_RECORDS, Right.IMPORT_VACANCIES]
    if not any(user.may(right) for right in rights):
        raise NotForRole(say(_PLATFORM if kind in OF_PLATFORMS else _COUNTY))


class ImportContext(Context):
    @property
    def concerned(self) -> list[Concerned]:
        return []  # a file is about a county; the work itself refuses rows about the uploader and their relatives

    @property
    def versioned(self) -> None:
        return None

    def save(self) -> None:
        """Save, and queue the job of the new state unless the user runs it at once (`carried["waits"]`)."""
        try:
            with transaction.atomic():
                super().save()
        except IntegrityError:
            raise Conflict(say("同一个文件已经导入过，不会重复导入。要重新导入，请先撤回那一批。")) from None
        if self.user is not None and self.target in JOBS and self.carried.get("waits", True):
            order(self.subject, self.user)


def order(batch: ImportBatch, user: User) -> None:
    """Queue the job of the batch's state."""
    queue.order(JOBS[batch.status], batch.pk, about=in_words(batch), area=batch.area, by=user)


def in_words(batch: ImportBatch) -> str:
    """The name of a batch, without personal data."""
    return say("第{pk}批 {get_kind_display}", pk=batch.pk, get_kind_display=batch.get_kind_display())


def _upload(context: ImportContext, _said: dict[str, Any]) -> dict[str, Any]:
    user = context.user
    assert user is not None
    assert user.agency is not None
    kept = context.carried["kept"]
    context.subject = ImportBatch(**kept, agency=user.agency, area=user.agency.path, by=user, at=clock.now())
    context.go_to("checking" if context.carried["dry"] or context.subject.needs_another else "running")
    return {"kind": kept["kind"], "file": kept["file_name"], "sha256": kept["sha256"]}


def _start(context: ImportContext, _said: dict[str, Any]) -> None:
    batch = context.subject
    batch.done, batch.counts = 0, {}
    if batch.needs_another:
        batch.confirmed_by = context.user
    else:
        batch.by = context.user


def _checked(context: ImportContext, _said: dict[str, Any]) -> dict[str, Any]:
    context.subject.total = context.subject.done
    return {"rows": context.subject.counts}


def _finished(context: ImportContext, _said: dict[str, Any]) -> dict[str, Any]:
    batch = context.subject
    batch.total = batch.done
    _let_go(batch)
    return {"rows": batch.counts}


def _failed(context: ImportContext, said: dict[str, Any]) -> None:
    context.subject.failure = said["reason"]
    _let_go(context.subject)


def _discard(context: ImportContext, _said: dict[str, Any]) -> None:
    _let_go(context.subject)
    ImportRow.objects.unscoped().filter(batch=context.subject).delete()


def _let_go(batch: ImportBatch) -> None:
    stored, batch.stored_as = batch.stored_as, ""
    transaction.on_commit(lambda: storing.remove(stored))


def _take_back(context: ImportContext, said: dict[str, Any]) -> None:
    context.subject.withdrawn_by, context.subject.withdrawn_for = context.user, said["reason"]


def _withdrawn(context: ImportContext, _said: dict[str, Any]) -> dict[str, Any]:
    context.subject.withdrawn_at = clock.now()
    return {"reason": context.subject.withdrawn_for}


def _is_no_record(context: ImportContext) -> str | None:
    if context.subject.kind == ImportBatch.Kind.EARLIER_REGISTER:
        return say("以前的认定名册不能整批撤回；导入有误的，请逐人办理退出。")
    if context.subject.kind == ImportBatch.Kind.VACANCIES:
        return say("岗位不能整批撤回；登记错的，请打开那个岗位，办理“撤回岗位”。")
    if context.subject.kind == ImportBatch.Kind.INSURANCE_MONTHS:
        return say("逐月缴费不能整批撤回；有误的，请导入改正过的文件，同一个月以后一次为准。")
    if context.subject.kind == ImportBatch.Kind.OFFER_RESULTS:
        return say("应聘结果不能整批撤回；登记错的，请打开那个人的帮扶页办理。")
    return None


def _who_brought(context: ImportContext) -> list[User]:
    return [context.subject.by] if context.subject.needs_another else []


def _of_another_office(context: ImportContext) -> str:
    kind = context.subject.kind if context.subject is not None else context.carried["kept"]["kind"]
    if context.user is None or context.user.may(right_for(kind)):
        return ""
    return say(_PLATFORM if kind in OF_PLATFORMS else _COUNTY)


def _door(user: User | None, key: Any, transition: Transition) -> ImportContext:
    """Users who may not import do not learn which batches exist."""
    if user is not None:
        may_import(user)
    if transition.begins:
        return ImportContext(None, user)
    rows = in_sight(ImportBatch, user).select_related("by__agency", "withdrawn_by__agency")
    return ImportContext(locked(rows, key, "没有这一批导入。"), user)


_IMPORTERS, _WORKER = RIGHTS[Right.IMPORT_RECORDS] | RIGHTS[Right.IMPORT_VACANCIES], frozenset({"worker"})
_NOBODY: frozenset[Any] = frozenset()
IMPORT = register(
    Workflow(
        "import",
        "这一批",
        ImportBatch,
        _door,
        ImportContext,
        Vocabulary(
            {
                "upload": _upload, "start": _start, "checked": _checked, "finished": _finished, "failed": _failed,
                "discard": _discard, "take_back": _take_back, "withdrawn": _withdrawn,
            },
            {"no_register": Guard("no_register", "state", _is_no_record)},
            whose={"of_the_kind": _of_another_office},
            before={"another_confirms": OtherEyes(_who_brought, "这份名册是您上传的，须由另一人看过试运行的结果，再确认导入。")},
        ),
    )
)  # fmt: skip
IMPORT.add(
    Procedure(
        (
            *(State(code, label) for code, label in texts(ImportBatch.Status) if code not in ("failed", "withdrawn", "discarded")),
            *(State(code, ImportBatch.Status(code).label, final=True) for code in ("failed", "withdrawn", "discarded")),
        ),
        (
            Transition(
                "upload", "上传文件", frozenset(), ("checking", "running"), _IMPORTERS, whose="of_the_kind",
                not_yours=_COUNTY, done="上传部门文件", record="file_uploaded",
            ),
            Transition(
                "start", "导入", frozenset({"checked"}), ("running",), _IMPORTERS, whose="of_the_kind",
                before="another_confirms", not_yours=_COUNTY, done="开始导入", record="import_started",
            ),
            Transition(
                "discard", "放弃", frozenset({"checked"}), ("discarded",), _IMPORTERS, whose="of_the_kind", machines=_WORKER,
                not_yours=_COUNTY, done="放弃导入", record="import_discarded",
            ),
            Transition(
                "take_back", "撤回", frozenset({"done"}), ("withdrawing",), _IMPORTERS, whose="of_the_kind",
                needs=(
                    Need("reason", "撤回原因", longest=400, empty="请写明为什么撤回，例如部门发来的是上个月的数据。"),
                ),
                blocks=("no_register",), not_yours=_COUNTY, done="决定撤回导入", record="import_withdrawal_ordered",
            ),
            Transition(
                "checked", "试运行完成", frozenset({"checking"}), ("checked",), _NOBODY, machines=_WORKER,
                done="检查了文件", record="import_checked",
            ),
            Transition(
                "finished", "导入完成", frozenset({"running"}), ("done",), _NOBODY, machines=_WORKER,
                done="导入完成", record="import_finished",
            ),
            Transition(
                "failed", "不能导入", frozenset({"checking", "running"}), ("failed",), _NOBODY,
                needs=(Need("reason", "原因", longest=400),), machines=_WORKER, done="导入失败", record="import_failed",
            ),
            Transition(
                "withdrawn", "撤回完成", frozenset({"withdrawing"}), ("withdrawn",), _NOBODY, machines=_WORKER,
                done="撤回导入", record="import_withdrawn",
            ),
        ),
    )
)  # fmt: skip
