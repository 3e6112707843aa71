"""The register with filters, saved filters, and export."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock, masking
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk import filter_words, spreadsheets
from jiuyuan.desk import queries as desk_queries
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.forms.register import RegisterFilterForm
from jiuyuan.desk.frame import page
from jiuyuan.desk.proposal_rows import ground_in_words
from jiuyuan.desk.views import saved
from jiuyuan.history import services as history
from jiuyuan.recognitions import queries, visits_due
from jiuyuan.recognitions.models import Recognition, Warning
from jiuyuan.recognitions.queries import RegisterFilters
from jiuyuan.recognitions.workflow import RECOGNITION
from jiuyuan.wording import for_record, say


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: StaffRequest) -> HttpResponseBase:
    """Posted filters go into the URL, except a full ID or phone number, which opens the person's file."""
    if request.method == "POST":
        return _asked(request, RegisterFilters.read(request.POST))
    user, filters = request.user, RegisterFilters.read(request.GET)
    rows = queries.narrowed(user, filters)
    shown, following = desk_queries.newest_first(rows, request.GET.get("cursor", ""))
    counts = queries.counts(user, filters)
    form = RegisterFilterForm(user, request.GET)
    context = {
        "rows": _rows(user, shown),
        "tabs": _tabs(filters, counts),
        "filters": form,
        "beside": filter_words.beside_the_form(form, filters),
        "status": filters.status,
        "active": filters.narrowed,
        "next": following,
        "previous": None,
        **saved.context(user, "register", str(filters)),
        "may_import": user.may(Right.IMPORT_RECORDS),
        "with_agency": user.role != Role.CLERK,
    }
    return page(request, "register.html", context, at="register")


def _rows(user: User, shown: Sequence[Recognition]) -> list[tuple[Any, ...]]:
    """Each recognition with the last visit and the next warning."""
    met = visits_due.last_visits(user, [row.person_id for row in shown])
    coming: dict[int, Warning] = {}
    for warning in queries.coming_warnings(user).filter(recognition__in=[row.pk for row in shown]):
        coming.setdefault(warning.recognition_id, warning)  # the soonest comes first
    return [
        (queries.category_of(row), ground_in_words(row, row.ground), row, met.get(row.person_id), coming.get(row.pk))
        for row in shown
    ]


def _asked(request: StaffRequest, filters: RegisterFilters) -> HttpResponseBase:
    if filters.q and desk_queries.is_whole_number(filters.q):
        found = queries.narrowed(request.user, RegisterFilters(q=filters.q)).first()
        history.looked(
            request.user.actor, "search", for_record("查找：{q}", q=masking.text(filters.q))[:80], request.user.area
        )
        if found is not None:
            return redirect("desk:recognition", found.pk)
        messages.warning(request, say("名册上没有这个号码的人，或不在本辖区。"))
        filters = replace(filters, q="")
    return redirect(address(filters))


def address(filters: RegisterFilters) -> str:
    """The URL of the register with these filters."""
    query = str(filters)
    return reverse("desk:register") + (f"?{query}" if query else "")


def _tabs(filters: RegisterFilters, counts: dict[str, int]) -> list[dict[str, Any]]:
    states = [*((code, state.label) for code, state in RECOGNITION.states.items()), ("", say("全部"))]
    return [
        {
            "label": label,
            "url": f"?{replace(filters, status=status)}",
            "count": counts[status],
            "current": status == filters.status,
        }
        for status, label in states
    ]


_HEADS = (
    "认定编号", "姓名", "性别", "身份证号码", "联系电话", "常住地平台", "类别", "认定日期", "认定机构", "经办人", "原政策认定",
    "前次认定", "状态", "退出情形", "退出日期", "退出依据", "退出经办人",
)  # fmt: skip


@staff(Right.EXPORT_LISTS)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    """Export the whole list, masked; this is recorded."""
    user, filters = request.user, RegisterFilters.read(request.GET)
    said = masking.text(urlencode({"条件": str(filters)})) if filters.narrowed else say("全部")
    history.looked(user.actor, "export:register", for_record("导出认定名册：{said}", said=said)[:80], user.area)
    states = {code: state.label for code, state in RECOGNITION.states.items()}
    about = filter_words.about(RegisterFilterForm(user, {}), filters, states)
    response = StreamingHttpResponse(
        spreadsheets.xlsx(say("认定名册"), _HEADS, _export_rows(user, filters), about),
        content_type=spreadsheets.XLSX,
    )
    disposition = content_disposition_header(True, say("认定名册-{today:%Y%m%d}.xlsx", today=clock.today()))
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _export_rows(user: User, filters: RegisterFilters) -> Iterator[tuple[Any, ...]]:
    rows = queries.narrowed(user, filters).select_related("person__agency", "agency", "former").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        person = row.person
        yield (
            row.number, person.name, person.get_sex_display(), person.masked_id_number, person.masked_phone or say("电话待补"),
            person.agency.name, queries.category_of(row), row.recognised_on, row.agency.name,
            row.recognised_by_name, say("是") if row.carried_over else say("否"), row.former.number if row.former else "",
            row.get_status_display(), ground_in_words(row, row.ground), row.ended_on, masking.text(row.evidence),
            row.ended_by_name,
        )  # fmt: skip
