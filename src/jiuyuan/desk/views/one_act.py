"""The page of an act in any workflow except applications, which continue with the next case."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from jiuyuan.agencies.roles import Role
from jiuyuan.desk.access import StaffRequest
from jiuyuan.desk.actions import Action
from jiuyuan.desk.forms.acts import ActForm
from jiuyuan.desk.forms.spoken import VersionedForm
from jiuyuan.desk.frame import page
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.registry import Workflow
from jiuyuan.procedures.table import Transition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, NotFound, Refusal
from jiuyuan.wording import say


def transition_for(request: StaffRequest, workflow: Workflow | None, region: str, action: str) -> Transition:
    """The transition in the URL. Raises `NotFound` if no person performs it, `NotForRole` if only others do."""
    found = workflow.of(region).by_action.get(action) if workflow else None
    if found is None or found.public or not found.roles:
        raise NotFound(say("没有这个办理事项。"))
    if Role(request.user.role) not in found.roles:
        raise NotForRole(say("您的角色不能办理这一事项。"))
    return found


def one_act(
    request: StaffRequest,
    workflow: Workflow,
    context: Context,
    transition: Transition,
    subject: Any,
    *,
    caption: str,
    back: str,
    crumbs: Sequence[Mapping[str, str]],
    at: str,
    form: VersionedForm | None = None,
    look_again: Callable[[ActForm], Mapping[str, Any] | None] | None = None,
    after: Callable[[Any], HttpResponseBase] | None = None,
    template: str = "one_act.html",
    beside: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """Show the form, or perform the act and redirect to `back`, or where `after` says.

    `look_again` returns what has to be confirmed before an irreversible act, None once it was. `beside`: context
    for the subject above the form.
    """
    form = form or ActForm(workflow, context, transition, request.POST or None, request.FILES or None)
    status, seen = 200, None
    if request.method == "POST" and not form.adds_a_row:
        seen = look_again(form) if look_again and isinstance(form, ActForm) else None
        if seen is None:
            try:
                done = engine.act(request.user, workflow, subject, transition.action, form.said(), version=form.seen)
            except (NotFound, NotForRole):
                raise
            except (BadInput, GuardNotMet) as refusal:
                form.refuse(refusal)
                status = 422
            except Refusal as refusal:
                messages.error(request, refusal.title)
                return redirect(back)
            else:
                if after is None:
                    messages.success(request, transition.result)
                    return redirect(back)
                return after(done)
    shown = {
        "caption": caption,
        "transition": transition,
        "form": form,
        "reason": "" if form.is_bound else engine.why_not(workflow, context, transition.action),
        "back": back,
        "crumbs": crumbs,
        **(beside or {}),
        **(seen or {}),
    }
    return page(request, template, shown, at=at, status=status)


def buttons(workflow: Workflow, context: Context, name: str, *at: object) -> list[Action]:
    """The acts on the subject as buttons to the page `name`, with the act as the last URL argument."""
    return [
        Action(offer, name, (*at, offer.transition.action), main=offer.transition.emphasis == "main")
        for offer in engine.offered(workflow, context)
    ]
