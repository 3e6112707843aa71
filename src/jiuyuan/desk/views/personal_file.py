"""一人一册: a person's file on one page in order of time, and as a PDF."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.assistance.personal_file import NO_POLICIES, personal_file, personal_file_pdf
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.people import queries as people
from jiuyuan.wording import for_record, say


@staff(Right.SEE_PEOPLE)
@require_safe
def one_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """基本信息, 求职意愿, 服务需求, 帮扶次数, 政策享受, and the timeline."""
    person = people.opened(request.user, pk, for_record("一人一册"))
    kept = personal_file(request.user, person)
    context = {
        "file": kept,
        "person": person,
        "sections": [
            (say("基本信息"), _rows(kept.basic), ""),
            (say("求职意愿"), _rows(kept.wishes), say("还没有谈过。")),
            (say("服务需求"), _rows([(say("想要的服务"), kept.services)] if kept.services else []), say("还没有写。")),
            (say("帮扶次数"), _rows(kept.counts), say("还没有帮扶过。")),
            (say("政策享受"), _rows(kept.policies), say(NO_POLICIES)),
        ],
        "may_unmask": request.user.may(Right.UNMASK),
        "crumbs": [
            {"label": person.name, "url": reverse("desk:person", args=[person.pk])},
            {"label": say("一人一册")},
        ],
    }
    return page(request, "personal_file.html", context)


def _rows(rows: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": label, "value": value} for label, value in rows]


@staff(Right.SEE_PEOPLE)
@never_cache
@require_safe
def printed(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The PDF without full numbers, address and health."""
    return _pdf(request, pk, whole=False)


@staff(Right.SEE_PEOPLE)
@never_cache
@require_POST
def printed_whole(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The PDF with sensitive data; this is recorded."""
    return _pdf(request, pk, whole=True)


def _pdf(request: StaffRequest, pk: int, *, whole: bool) -> HttpResponseBase:
    person = people.opened(request.user, pk, for_record("打印一人一册"), unmask=whole)
    response = HttpResponse(
        personal_file_pdf(request.user, person, clock.today(), whole=whole), content_type="application/pdf"
    )
    name = content_disposition_header(False, say("一人一册-{number}.pdf", number=person.pk))
    response["Content-Disposition"] = name or "inline"
    return response
