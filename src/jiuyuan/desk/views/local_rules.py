"""操作细则: the rules of the area, one with its changes and whom it would affect, and its acts (六)."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right, Role
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.desk.views.drafted import Drafted
from jiuyuan.oversight.local_rule_words import in_words
from jiuyuan.oversight.local_rule_workflow import LOCAL_RULE
from jiuyuan.oversight.models import LocalRule

_AT = "local_rules"
_RULES = Drafted(LOCAL_RULE, "local_rule", _AT, "操作细则", "操作细则", "没有这份操作细则。", ("published_by",))


@staff(Right.OVERSEE)
@require_safe
def rules(request: StaffRequest) -> HttpResponseBase:
    today = clock.today()
    rows = LocalRule.objects.visible_to(request.user).select_related("agency")
    context = {
        "rows": [in_words(rule, today) for rule in rows],
        "may_draft": Role(request.user.role) in LOCAL_RULE.of().by_action["draft_rule"].roles,
    }
    return page(request, "local_rules.html", context, at=_AT)


@staff(Right.OVERSEE)
@require_safe
def rule(request: StaffRequest, pk: int) -> HttpResponseBase:
    return _RULES.shown(request, pk, lambda found: {"shown": in_words(found, clock.today())})


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: StaffRequest) -> HttpResponseBase:
    return _RULES.act(request, None, "draft_rule")


@staff(Right.OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: int, action: str) -> HttpResponseBase:
    return _RULES.act(request, pk, action)
