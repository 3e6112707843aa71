"""A confirmation page for an act, with the fields it needs."""

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
    """Perform the act and redirect, or show the page with its errors and the input.

    `only_look`: the request only selects what to show. A `NotFound` or `NotForRole` about a field is shown on the
    page too, with its own status.
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
