"""Undoes one's own act within minutes, while nothing has followed from it.

This corrects a wrong click before anybody is told: the message of such an act waits as long. Only what nobody has
read, printed or built upon can be undone, and nothing that was sealed on the form or entered in the register.
Undoing is an act in the record, with a reason.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from jiuyuan import clock
from jiuyuan.history.models import Entry, Look
from jiuyuan.notifications import services as notifications
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.regions import registry
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.applications.carried import FileInCase
    from jiuyuan.applications.models import Application

#: How long an act can be undone, and how long its message is held back.
WITHIN = timedelta(minutes=10)


def _not_accepted(application: "Application") -> None:
    application.accepted_on, application.due_on, application.due_state = None, None, ""


def _no_correction(application: "Application") -> None:
    application.corrections, application.correction_pages, application.correct_by = [], [], None


#: The acts that can be undone, each with the function that resets the columns it set.
UNDONE: dict[str, Callable[["Application"], None]] = {"accept": _not_accepted, "ask_correction": _no_correction}


def waits(case: "FileInCase") -> timedelta:
    """How long the message of the current act is held back."""
    return WITHIN if case.action in UNDONE and "take_back" in _table(case) else timedelta(0)


def not_mine(case: "FileInCase") -> str:
    """Why this user has nothing to undo here; empty if they have, or if the state already says so."""
    if case.status not in _table(case)["take_back"].sources:
        return ""
    last = next(reversed(list(case.acts)), None)
    if last is None or last.action not in UNDONE or case.user is None or last.actor != case.user.username:
        return say("只能收回自己刚办的、后来没有再办别的事项。")
    if clock.now() - last.at > WITHIN:
        return say("办理{minutes}分钟以后不能收回。", minutes=int(WITHIN.total_seconds() // 60))
    return ""


def held(case: "FileInCase") -> frozenset[str]:
    """The letters that staff can print but the portal does not show yet, because their act can still be undone."""
    table = _table(case)
    if "take_back" not in table or case.status not in table["take_back"].sources:
        return frozenset()
    last = list(case.acts)[-1]
    held = last.action in UNDONE and clock.now() - last.at <= WITHIN
    return frozenset(table[last.action].letters) if held else frozenset()


def followed(case: "FileInCase") -> str | None:
    """What has already followed from the last act, so that it can no longer be undone; None if nothing has."""
    last, file = list(case.acts)[-1], case.application.file
    if notifications.reached(file, last.at):
        return say("本人已经看到消息，不能收回。")
    named = _table(case)[last.action].letters
    letters = registry.papers_of(case.application.area).letters
    titles = [letters[name].title for name in named if name in letters]
    if Look.objects.of(file).filter(at__gte=last.at, what__in=titles).exists():
        return say("文书已经打开或打印，不能收回。")
    if Entry.objects.of(case.person.file).filter(at__gte=last.at).exists():
        return say("本人的档案已随着改动，不能收回。")
    return None


def take_back(case: "FileInCase", _said: dict[str, Any]) -> dict[str, Any]:
    """Restore the case to its state before the act, and cancel the message."""
    last, application = list(case.acts)[-1], case.application
    UNDONE[last.action](application)
    handed_in = next(entry for entry in reversed(list(case.acts)) if entry.action == "submit")
    application.sort_on = timezone.localdate(handed_in.at)
    notifications.call_back(application.file, last.at)
    return {"undone": last.action}


def _table(case: "FileInCase") -> Any:
    return WORKFLOWS["application"].of(case.region).by_action
