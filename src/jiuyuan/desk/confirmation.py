"""A page that asks once more before an act, with the fields that the act needs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from jiuyuan.desk.access import StaffRequest
from jiuyuan.desk.forms.spoken import SpokenForm
from jiuyuan.refusals import NotForRole, NotFound, Refusal


def asked(
    request: StaffRequest,
    form: SpokenForm,
    act: Callable[[], Any],
    done: str,
    to: str,
    *,
    only_look: bool = False,
    **shown: Any,
) -> HttpResponseBase:
    """Do it and go on, or say on the page what is wrong, with everything typed still in it.

    `only_look`: what was sent only says what to show. A `NotFound` or `NotForRole` that names a field keeps the page too, under its own status.
    """
    status = 200
    if request.method == "POST" and not only_look:
        try:
            act()
            messages.success(request, done)
            return redirect(to)
        except Refusal as refusal:
            whole_page = isinstance(refusal, NotFound | NotForRole)
            if whole_page and not refusal.errors:
                raise
            form.refuse(refusal)
            status = refusal.status if whole_page else 422
    context = {"base": "desk_base.html", "form": form, "cancel_url": to, **shown}
    return render(request, "confirm.html", context, status=status)
