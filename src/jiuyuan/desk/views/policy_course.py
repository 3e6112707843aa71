"""业务培训: the questions, the answers with their clauses, and who has passed (五(二))."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jiuyuan import clock
from jiuyuan.agencies.roles import Right
from jiuyuan.desk.access import StaffRequest, staff
from jiuyuan.desk.frame import page
from jiuyuan.oversight import trained
from jiuyuan.oversight.models import StaffTraining
from jiuyuan.oversight.staff_training_workflow import STAFF_TRAINING, OfTraining, questions
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotFound
from jiuyuan.regions import registry
from jiuyuan.regions.policy_questions import ANSWERS, version_of
from jiuyuan.wording import say

_AT = "policy_course"


@staff(Right.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def course(request: StaffRequest) -> HttpResponseBase:
    """The questions drawn for the user; after answering, redirects to the result."""
    context = OfTraining(None, request.user)
    places = context.drawn()
    given = [request.POST.get(f"answer-{place}", "") for place in places]
    status, error = 200, ""
    if request.method == "POST":
        try:
            done = engine.act(request.user, STAFF_TRAINING, None, "take_course", {"answers": given})
        except BadInput as refusal:
            status, error = 422, refusal.errors[0][1]
        else:
            return redirect("desk:policy_course_result", done.pk)
    own = StaffTraining.objects.unscoped().filter(taken_by=request.user)
    rules = registry.policy(context.policy)
    shown = {
        "asked": list(zip(places, questions(context.policy, places), given, strict=True)),
        "choices": [(code, say(words)) for code, words in ANSWERS.items()],
        "due": trained.is_due(request.user),
        "passed": own.filter(status=StaffTraining.Status.PASSED, policy=version_of(context.policy)).first(),
        "own": own[:10],
        "rules": rules,
        "error": error,
        "may_oversee": request.user.may(Right.OVERSEE),
    }
    return page(request, "policy_course.html", shown, at=_AT, status=status)


@staff(Right.SEE_PEOPLE)
@require_safe
def result(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The user's own answers with the right ones, clauses and reasons."""
    found = StaffTraining.objects.unscoped().filter(pk=pk, taken_by=request.user).first()
    if found is None:
        raise NotFound(say("没有这次培训。"))
    code = found.policy.partition(":")[0]
    same = found.policy == version_of(code)
    answered = zip(questions(code, found.questions), found.answers, strict=True) if same else ()
    shown = {
        "training": found,
        "rows": [
            {"question": one, "given": say(ANSWERS[given]), "right": say(ANSWERS[one.answer]), "is_right": given == one.answer}
            for one, given in answered
        ],
        "crumbs": _crumbs(say("答题结果")),
    }  # fmt: skip
    return page(request, "policy_course_result.html", shown, at=_AT)


@staff(Right.OVERSEE)
@require_safe
def overview(request: StaffRequest) -> HttpResponseBase:
    """The staff of the area who have passed for the policy in force, and who are due."""
    rows = trained.staff_of(request.user)
    passed = sum(1 for one in rows if one.passed_on)
    shown = {
        "rows": rows, "passed": passed, "due": len(rows) - passed, "today": clock.today(),
        "crumbs": _crumbs(say("谁学过了")),
    }  # fmt: skip
    return page(request, "policy_course_staff.html", shown, at=_AT)


def _crumbs(here: str) -> list[dict[str, Any]]:
    return [{"label": say("业务培训"), "url": reverse("desk:policy_course")}, {"label": here}]
