"""Saving says when it cannot, and where; what was typed stays in the boxes."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.db import Error as DatabaseError
from django.http import HttpResponse

from jiuyuan.refusals import Refusal
from jiuyuan.troubles import NoRoom, foreseen

T = TypeVar("T")
# A form that is shown again is a page like any other to a browser; to wait is not.
_TOLD_BY_STATUS = frozenset({429, 503, 507})
NOT_SAVED = "没有存上：系统正忙。填的内容还在这一页里，请稍等一会儿，再按一次。"
NO_ROOM = "没有存上：服务器的磁盘满了。填的内容还在这一页里，请与管理员联系，腾出空间后再按一次。"


def saved(form: forms.Form, act: Callable[[], T]) -> T | None:
    """Do it, or put the reasons on the form: beside the fields they name, above the page where they name none."""
    try:
        return act()
    except Refusal as refusal:
        put_on(form, refusal)
    except (OSError, DatabaseError) as error:
        trouble = foreseen(error)
        if trouble is None:
            raise
        logging.getLogger("django.request").error("not saved", exc_info=error)
        form.refused = trouble  # type: ignore[attr-defined]
        form.add_error(None, NO_ROOM if isinstance(trouble, NoRoom) else NOT_SAVED)
    return None


def put_on(form: forms.Form, refusal: Refusal) -> None:
    form.refused = refusal  # type: ignore[attr-defined]
    for name, message in refusal.errors or [("", refusal.title)]:
        form.add_error(name if name in form.fields else None, message)


def with_status(page: HttpResponse, form: forms.Form) -> HttpResponse:
    """The page with the form as it was typed, and in its status whether it may be sent again, and when."""
    refused = getattr(form, "refused", None)
    if refused is not None and refused.status in _TOLD_BY_STATUS:
        page.status_code = refused.status
        page["Retry-After"] = str(refused.seconds)
    return page
