"""系统状态: what administrators have to attend to. No personal data of the people served."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

import jiuyuan
from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.operations import checks, state
from jiuyuan.operations import erasure as erasures
from jiuyuan.operations.checks import Level
from jiuyuan.operations.models import ErrorSeen, MaintenanceRun

_TAGS = {Level.WELL: "tag-strong", Level.SOON: "tag-warning", Level.BAD: "tag-error"}
_WORST_FIRST = {Level.BAD: 0, Level.SOON: 1, Level.WELL: 2}
_SHOWN = 20


@staff(Right.SEE_SYSTEM)
@require_safe
def system(request: StaffRequest) -> HttpResponseBase:
    """Failing checks first; then accounts under attack, internal errors, and recent runs."""
    found = sorted(checks.findings(), key=lambda one: _WORST_FIRST[one.level])
    context = {
        "version": jiuyuan.__version__,
        "findings": [(one, _TAGS[one.level]) for one in found],
        "guessed_at": state.guessed_at()[:_SHOWN],
        "errors": ErrorSeen.objects.all()[:_SHOWN],
        "runs": [(MaintenanceRun.Kind(run.kind).label, run) for run in MaintenanceRun.objects.all()[:_SHOWN]],
    }
    return page(request, "system.html", context, at="system")


@staff(Right.SEE_SYSTEM)
@require_safe
def erasure(request: StaffRequest) -> HttpResponseBase:
    """保存期限: the retention period of each kind with its source, and the nightly erasures."""
    day = clock.today()
    runs = MaintenanceRun.objects.filter(kind=MaintenanceRun.Kind.ERASURE)
    context = {
        "kinds": [(kind, erasures.lengths_of(kind, day)) for kind in erasures.KINDS],
        "runs": [
            (run, [(kind.label, run.figures[kind.name]) for kind in erasures.KINDS if kind.name in run.figures])
            for run in runs[:_SHOWN]
        ],
    }
    return page(request, "erasure.html", context, at="system")
