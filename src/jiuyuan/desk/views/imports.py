"""Imports: departments' data, earlier registers, vacancies; upload, trial run, progress, report, withdrawal."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiuyuan.agencies.roles import Right
from jiuyuan.assistance import offer_files, vacancy_files
from jiuyuan.desk import import_reports, spreadsheets
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.imports import (
    DepartmentFileForm,
    RegisterFileForm,
    ResultFileForm,
    TakeBackForm,
    VacancyFileForm,
)
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.desk.frame import page
from jiuyuan.history import services as history
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import queries, services, storing
from jiuyuan.people.sources.mapping import DEPARTMENTS, unknown_word
from jiuyuan.people.sources.workflow import IMPORT
from jiuyuan.procedures import engine
from jiuyuan.recognitions import importing
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, Refusal, WrongState
from jiuyuan.wording import say

Kind, Status = ImportBatch.Kind, ImportBatch.Status
_IMPORT = Right.IMPORT_RECORDS
_WORK = {Status.CHECKING: "正在试运行", Status.RUNNING: "正在导入", Status.WITHDRAWING: "正在撤回"}


@staff(_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: StaffRequest) -> HttpResponseBase:
    """The batches of the area, and the upload form."""
    form = DepartmentFileForm(request.POST, request.FILES) if request.method == "POST" else DepartmentFileForm()
    if request.method == "POST":
        said = form.said()
        if (done := _uploaded(request, form, said["kind"] or "")) is not None:
            return done
    rows, following = desk_queries.newest_first(queries.listed(request.user), request.GET.get("cursor", ""))
    context = {"form": form, "rows": rows, "next": following, "previous": None}
    return page(request, "imports.html", context, at="imports", status=422 if form.is_bound else 200)


@staff(_IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: StaffRequest) -> HttpResponseBase:
    """Import of an earlier register (六)."""
    form = RegisterFileForm(request.POST, request.FILES) if request.method == "POST" else RegisterFileForm()
    if request.method == "POST" and (done := _uploaded(request, form, Kind.EARLIER_REGISTER)) is not None:
        return done
    columns = [(headings[0], name in _MUST) for name, headings in importing.COLUMNS.items()]
    context = {"form": form, "columns": columns}
    return page(request, "imports_register.html", context, at="register", status=422 if form.is_bound else 200)


_MUST = {name for group in importing.EarlierRegister.needed for name in group}


@staff(Right.IMPORT_VACANCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def vacancies(request: StaffRequest) -> HttpResponseBase:
    """Import of vacancies, and earlier files."""
    return _of_a_platform(request, Kind.VACANCIES, VacancyFileForm, "imports_vacancies.html", vacancy_files)


@staff(Right.IMPORT_VACANCIES)
@require_http_methods(["GET", "HEAD", "POST"])
def offer_results(request: StaffRequest) -> HttpResponseBase:
    """Import of results of offers, and earlier files."""
    return _of_a_platform(request, Kind.OFFER_RESULTS, ResultFileForm, "imports_results.html", offer_files)


def _of_a_platform(
    request: StaffRequest, kind: ImportBatch.Kind, form_of: type[SpokenForm], template: str, read: Any
) -> HttpResponseBase:
    """The upload form for a platform's kind of file; `read` lists its columns."""
    form = form_of(request.POST, request.FILES) if request.method == "POST" else form_of()
    if request.method == "POST" and (done := _uploaded(request, form, kind)) is not None:
        return done
    rows, following = desk_queries.newest_first(queries.listed(request.user), request.GET.get("cursor", ""))
    must = {name for group in read.NEEDED for name in group}
    context = {
        "form": form,
        "columns": [(headings[0], name in must) for name, headings in read.COLUMNS.items()],
        "rows": rows,
        "next": following,
        "previous": None,
        "crumbs": [{"label": say("岗位"), "url": reverse("desk:vacancies")}, {"label": say(_LISTS[kind][1])}],
    }
    return page(request, template, context, at="vacancies", status=422 if form.is_bound else 200)


def _uploaded(request: StaffRequest, form: SpokenForm, kind: str) -> HttpResponse | None:
    """Store the file for its trial run; None if the form has errors."""
    file = form.said()["file"]
    try:
        if not isinstance(file, UploadedFile):
            raise BadInput(say("没有选择文件。"), [("file", say("请选择要导入的文件。"))])
        day = _day(form.said().get("observed_on") or "")
        batch = services.upload(request.user, kind, file.name or "", file.chunks(), day)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    return redirect("desk:import", batch.pk)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(say("日期有误。"), [("observed_on", say("请写成2026-03-02的样子。"))]) from None


@staff()
@require_safe
def batch(request: StaffRequest, pk: int) -> HttpResponseBase:
    """An import: progress, and its effects by row."""
    found = queries.opened(request.user, pk)
    outcome = _outcome(request)
    listed = queries.page(found, outcome, request.GET.get("cursor", ""))
    history.looked(request.user.actor, f"import:{pk}", "导入的逐行结果", found.area)
    context = {
        "batch": found,
        "may_not_start": engine.why_not(IMPORT, IMPORT.hold(found, request.user), "start"),
        "tabs": _tabs(found, outcome),
        "rows": [
            (
                row,
                import_reports.outcome_label(found.kind, row.outcome),
                import_reports.headings(found.kind, row.columns),
                _its_word(found.kind, row.message),
            )
            for row in listed.rows
        ],
        "outcome": outcome,
        "previous": listed.previous,
        "next": listed.next,
        "under_way": queries.under_way(found),
        "interrupted": queries.interrupted(found),
        "may_take_back": not engine.why_not(IMPORT, IMPORT.hold(found, request.user), "take_back"),
        "about_people": found.kind != Kind.VACANCIES,
        **_work(found),
    }
    name, label = _LISTS.get(Kind(found.kind), ("imports", "数据导入"))
    context["crumbs"] = [{"label": say(label), "url": reverse(f"desk:{name}")}, {"label": say("第{pk}批", pk=pk)}]
    return page(request, "import.html", context, at="imports" if name == "imports" else "vacancies")


def _its_word(kind: str, message: str) -> str:
    """The link for entering the meaning of an unknown word."""
    word = unknown_word(message) if kind in DEPARTMENTS else ""
    asked = urlencode({"about": kind, "word": word})
    return f"{reverse('desk:parameter_new', args=['draft_word'])}?{asked}" if word else ""


#: Lists of kinds that are not departments' files.
_LISTS = {
    Kind.VACANCIES: ("vacancies_import", "导入岗位文件"),
    Kind.OFFER_RESULTS: ("offer_results", "导入应聘结果"),
}


def _outcome(request: StaffRequest) -> str:
    outcome = request.GET.get("outcome", "")
    return outcome if outcome in ImportRow.Outcome.values else ""


def _tabs(batch: ImportBatch, outcome: str) -> list[dict[str, Any]]:
    every = {"label": say("全部"), "url": "?", "count": sum(batch.counts.values()), "current": not outcome}
    return [
        every,
        *(
            {
                "label": import_reports.outcome_label(batch.kind, one),
                "url": f"?outcome={one}",
                "count": batch.counts.get(one, 0),
                "current": one == outcome,
            }
            for one in ImportRow.Outcome.values
        ),
    ]


def _work(batch: ImportBatch) -> dict[str, Any]:
    """The context of the progress line."""
    withdrawing = batch.status == Status.WITHDRAWING
    about_people = sum(batch.counts.get(one, 0) for one in ("matched", "changed", "contradicted"))
    done, total = (batch.undone, about_people) if withdrawing else (batch.done, batch.total)
    return {
        "label": _WORK.get(Status(batch.status), batch.get_status_display()),
        "done": done,
        "total": max(total, done, 1),
        "poll_url": reverse("desk:import_progress", args=[batch.pk]),
        "finished": not queries.under_way(batch),
        "failed": batch.failure,
        "result_url": reverse("desk:import", args=[batch.pk]),
        "result_label": say("看结果"),
    }


@staff()
@require_safe
def progress(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The fragment with the progress, polled."""
    return render(request, "components/work.html", _work(queries.opened(request.user, pk)))


@staff()
@require_POST
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    """Import a tried file, or discard it."""
    try:
        done = engine.act(request.user, IMPORT, pk, action)
    except (Conflict, WrongState, GuardNotMet) as refusal:
        messages.error(request, refusal.title)
        return redirect("desk:import", pk)
    if action == "discard":
        messages.success(request, say("已放弃，文件已删除，什么也没有改动。"))
        return redirect(f"desk:{_LISTS.get(Kind(done.kind), ('imports',))[0]}")
    return redirect("desk:import", pk)


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = queries.opened(request.user, pk)
    form = TakeBackForm(request.POST) if request.method == "POST" else TakeBackForm()
    if request.method == "POST":
        try:
            engine.act(request.user, IMPORT, pk, "take_back", form.said())
            return redirect("desk:import", pk)
        except BadInput as refusal:
            form.refuse(refusal)
        except Refusal as refusal:
            messages.error(request, refusal.title)
            return redirect("desk:import", pk)
    context = {
        "base": "desk_base.html",
        "title": say("撤回这一批导入？"),
        "caption": f"{found.get_kind_display()} · {found.file_name}",
        "text": say(
            "这一批带来的事实全部不再作数，它们取代的记录重新生效，就像没有导入过。每个人的档案里都会留下撤回的记录。"
        ),
        "button": say("撤回"),
        "danger": True,
        "form": form,
        "cancel_url": reverse("desk:import", args=[pk]),
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@staff()
@require_safe
def report(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The rows as a workbook. While the file of an earlier register is kept, its faulty cells are marked."""
    found = queries.opened(request.user, pk)
    outcome = _outcome(request)
    history.looked(request.user.actor, f"import:{pk}", "下载导入报告", found.area)
    response = StreamingHttpResponse(_pieces(found, outcome), content_type=spreadsheets.XLSX)
    name = say("导入报告-第{pk}批.xlsx", pk=pk)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _pieces(batch: ImportBatch, outcome: str) -> Iterator[bytes]:
    if batch.kind not in import_reports.WITH_CELLS or not batch.stored_as:
        yield from import_reports.workbook(batch, outcome)
        return
    with storing.opened(batch.stored_as) as file:
        yield from import_reports.workbook(batch, outcome, file)
