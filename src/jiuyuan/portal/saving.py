"""Saving says when it cannot, and where; what was typed stays in the boxes."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.db import OperationalError

from jiuyuan.refusals import Refusal

T = TypeVar("T")
NOT_SAVED = "没有存上：系统正忙。填的内容还在这一页里，请稍等一会儿，再按一次。"


def saved(form: forms.Form, act: Callable[[], T]) -> T | None:
    """Do it, or put the reasons on the form: beside the fields they name, above the page where they name none."""
    try:
        return act()
    except Refusal as refusal:
        put_on(form, refusal)
    except OperationalError:
        form.add_error(None, NOT_SAVED)
    return None


def put_on(form: forms.Form, refusal: Refusal) -> None:
    for name, message in refusal.errors or [("", refusal.title)]:
        form.add_error(name if name in form.fields else None, message)
