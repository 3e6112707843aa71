"""`jiuyuan import-records`, `import-register` and `import-results`: departments' files, earlier registers (六),
and results of offers.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiuyuan.cli import EXIT_BAD_LINES, CannotStart
from jiuyuan.commands.installed import open_installation
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.agencies.models import User
    from jiuyuan.people.models import ImportBatch
    from jiuyuan.people.sources.running import Work

# Repeated here so that the command line can be parsed without an installation; a test compares it with the models.
DEPARTMENTS = {
    "social_insurance": "社会保险",
    "market_regulation": "市场监管",
    "civil_affairs": "民政",
    "disabled_federation": "残联",
    "public_security": "公安",
    "education": "教育",
    "public_employment": "失业登记",
    "insurance_months": "社会保险逐月缴费",
}
_PIECE = 1 << 20
_SHOWN = 20


def register(subparsers: Any) -> None:
    summary = say("导入部门数据（社保、市场监管、民政、残联、公安、教育、失业登记）")
    records = subparsers.add_parser("import-records", help=summary, description=summary, allow_abbrev=False)
    names = "，".join(f"{kind} {label}" for kind, label in DEPARTMENTS.items())
    records.add_argument("department", metavar="DEPARTMENT", choices=tuple(DEPARTMENTS), help=names)
    _shared(records)
    records.set_defaults(run=_records)
    summary = say("导入2022年5月10日以前的认定名册，已认定的继续保留资格")
    earlier = subparsers.add_parser("import-register", help=summary, description=summary, allow_abbrev=False)
    _shared(earlier)
    earlier.set_defaults(run=_register)

    summary = say("导入招聘会或者打电话得来的应聘结果，一行一个人")
    results = subparsers.add_parser("import-results", help=summary, description=summary, allow_abbrev=False)
    _shared(results)
    results.set_defaults(run=_results)


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=say("XLSX、XLS 或 CSV 文件"))
    parser.add_argument("--dry-run", action="store_true", help=say("只说明每一行会怎样，不改动任何记录"))
    parser.add_argument(
        "--as", dest="username", metavar="USERNAME", help=say("以哪个账号的名义导入；只有一个人可以导入时可以不写")
    )
    parser.add_argument("--report", metavar="OUT.xlsx", type=Path, help=say("把逐行结果写进这个文件"))


def _records(options: argparse.Namespace) -> int:
    open_installation()
    from jiuyuan.people.sources import insurance_months, recording

    by_month = options.department == "insurance_months"
    return _import(options, options.department, insurance_months.work_for if by_month else recording.work_for)


def _register(options: argparse.Namespace) -> int:
    open_installation()
    from jiuyuan.recognitions import importing

    return _import(options, "earlier_register", importing.work_for)


def _results(options: argparse.Namespace) -> int:
    open_installation()
    from jiuyuan.assistance import offer_files

    return _import(options, "offer_results", offer_files.work_for)


def _import(options: argparse.Namespace, kind: str, work_for: "Callable[[ImportBatch], Work]") -> int:
    from jiuyuan.people.sources import running
    from jiuyuan.people.sources.workflow import IMPORT
    from jiuyuan.procedures import engine
    from jiuyuan.refusals import Refusal
    from jiuyuan.worker.leases import Lost

    user = _user(options.username, kind)
    try:
        batch = _batch(user, kind, options)
        finished = _run(batch, work_for)
        if options.report and not finished.failure:
            _report(finished, options)
        status = _told(finished, options.dry_run)
        if options.dry_run and not finished.failure:
            engine.act(user, IMPORT, finished.pk, "discard")
    except Refusal as refusal:
        raise CannotStart("；".join([refusal.title, *(message for _, message in refusal.errors)])) from None
    except (running.Elsewhere, Lost):
        raise CannotStart(say("这个文件正由另一个程序导入，请等它结束。")) from None
    return status


def _user(username: str | None, kind: str) -> "User":
    from jiuyuan.agencies.models import User
    from jiuyuan.agencies.roles import RIGHTS, Role
    from jiuyuan.people.sources.workflow import right_for

    roles = RIGHTS[right_for(kind)]
    able = User.objects.filter(role__in=roles, is_active=True)
    names = [role.label for role in Role if role in roles]
    if username:
        user = able.filter(username=username).first()
        if user is None or not user.in_use:
            raise CannotStart(
                say("账号 {username} 不存在，或者不是{names}，不能导入数据。", username=username, names=names)
            )
        return user
    found = [user for user in able if user.in_use]
    if len(found) != 1:
        raise CannotStart(say("请用 --as USERNAME 写明以哪个{names}的名义导入。", names=names))
    return found[0]


def _batch(user: "User", kind: str, options: argparse.Namespace) -> "ImportBatch":
    """A new batch, the one left by a killed run, or the register to be confirmed by this person."""
    from jiuyuan.people.sources import services
    from jiuyuan.people.sources.workflow import IMPORT
    from jiuyuan.procedures import engine

    try:
        digest = "" if options.dry_run else _digest(options.file)
        if digest and (left := services.interrupted(user, kind, digest)) is not None:
            print(
                say("上次导入中断，从第{done}行接着导入（第{pk}批）。", done=left.done + 1, pk=left.pk), file=sys.stderr
            )
            return left
        if digest and kind == "earlier_register" and (waiting := services.unconfirmed(user, digest)) is not None:
            return engine.act(user, IMPORT, waiting.pk, "start", carried={"waits": False})
        return services.upload(user, kind, options.file.name, _pieces(options.file), dry=options.dry_run, waits=False)
    except OSError as error:
        raise CannotStart(
            say("文件 {file} 读不出来：{strerror}。", file=options.file, strerror=error.strerror)
        ) from None


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(path):
        digest.update(piece)
    return digest.hexdigest()


def _run(batch: "ImportBatch", work_for: "Callable[[ImportBatch], Work]") -> "ImportBatch":
    from tqdm import tqdm

    from jiuyuan.people.sources import running
    from jiuyuan.people.sources.workflow import JOBS, in_words
    from jiuyuan.worker import leases
    from jiuyuan.worker.loop import take_here

    kind = JOBS[batch.status]
    # If killed, the worker continues it.
    job = take_here(kind, batch.pk, about=in_words(batch), area=batch.area, by=batch.by)
    with tqdm(unit=say("行"), disable=not sys.stderr.isatty(), file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)
            leases.beat(job, done, total)

        finished = running.run(batch.pk, work_for, progress)
    leases.finish(job)
    return finished


def _told(batch: "ImportBatch", dry_run: bool) -> int:
    from jiuyuan.desk.import_reports import headings, outcome_label
    from jiuyuan.people.models import ImportRow

    if batch.failure:
        raise CannotStart(batch.failure)
    counted = "，".join(
        say("{outcome_label}{n}行", outcome_label=outcome_label(batch.kind, o), n=n)
        for o in ImportRow.Outcome.values
        if (n := batch.counts.get(o))
    )
    tried = batch.status == batch.Status.CHECKED
    done = say("试运行完成，没有改动任何记录") if tried else say("第{pk}批导入完成", pk=batch.pk)
    print(say("{done}：{counted}。", done=done, counted=counted or say("文件中没有数据行")))
    if tried and not dry_run:
        again = say("等另一名复核人确认（第{pk}批）：在“数据导入”页，或由本人用 --as 再运行一次。", pk=batch.pk)
        print(again)
    if batch.sheet:
        print(say("读的是工作表“{sheet}”，隐藏的工作表不看。", sheet=batch.sheet))
    rejected = ImportRow.objects.unscoped().filter(batch=batch, outcome=ImportRow.Outcome.REJECTED)
    for row in rejected[:_SHOWN]:
        columns = headings(batch.kind, row.columns)
        print(
            say(
                "  第{row}行{value}：{message}",
                row=row.row,
                value=f"（{columns}）" if columns else "",
                message=row.message,
            )
        )
    if (left := batch.counts.get(ImportRow.Outcome.REJECTED, 0) - _SHOWN) > 0:
        print(say("  还有{left}行不能用，用 --report OUT.xlsx 看全部。", left=left))
    return EXIT_BAD_LINES if batch.counts.get(ImportRow.Outcome.REJECTED) else 0


def _report(batch: "ImportBatch", options: argparse.Namespace) -> None:
    from jiuyuan.desk.import_reports import workbook

    try:
        with options.file.open("rb") as file, options.report.open("wb") as out:
            for piece in workbook(batch, file=file if batch.kind == "earlier_register" else None):
                out.write(piece)
    except OSError as error:
        raise CannotStart(
            say("报告 {report} 写不进去：{strerror}。", report=options.report, strerror=error.strerror)
        ) from None
