"""The nightly run, in steps that are safe to repeat: register, limits, reminders, waiting jobs, the day's digest."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies import sign_ins
from jiuyuan.agencies.models import User
from jiuyuan.applications import draft_reminders, rerun
from jiuyuan.applications.models import Application, DueState, PublicNotice
from jiuyuan.history import services as history
from jiuyuan.history.ledger_key import NoKey
from jiuyuan.history.sealing import seal, signs_here
from jiuyuan.history.state import set_by
from jiuyuan.people import staff
from jiuyuan.people.correspondence import let_go_on, send_waiting
from jiuyuan.people.families import clear_where_somebody_works
from jiuyuan.recognitions import family_warnings
from jiuyuan.recognitions import nightly as register
from jiuyuan.recognitions.models import NightlyRun, Recognition
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from jiuyuan.rules.calendar import DueDate
from jiuyuan.wording import say
from jiuyuan.worker.kinds import JobKind
from jiuyuan.worker.loop import run_waiting

_RUN_AGAIN = 200  # stored decisions to check each night, a new sample every time

# Called with the name of the step and the number of items just done.
Progress = Callable[[str, int], None]
# Steps added by apps above: label, name of the figure, and the function, which returns a count.
_ALSO: list[tuple[str, str, Callable[[date], int]]] = []
_FIRST = ("核查退出情形", "提前预警", "零就业家庭", "更新暂定期限", "提醒没提交的申请")
_LAST = ("盖章和发送", "封存当日记录")


def steps() -> tuple[str, ...]:
    """The names of the steps, in order."""
    return (*_FIRST, *(step for step, _, _ in _ALSO), *_LAST)


def also(step: str, figure: str, work: Callable[[date], int]) -> None:
    """Add a step of an app above this one to the nightly run; it must be safe to repeat."""
    _ALSO.append((step, figure, work))


def run(
    progress: Progress = lambda step, done: None,
    *,
    seals: bool = True,
    ledger: Path | None = None,
    by: User | None = None,
) -> NightlyRun:
    """Run the night of today. Safe to run twice and after a kill.

    Findings become proposals, investigations or warnings; nothing here ends a recognition (三, contracts:
    Recognition). Without `seals` the worker seals papers later. `ledger` defaults to the installation's own.
    `by`: who ordered it on the page.
    """
    day = clock.today()
    registry.keep_up(day)
    run, _ = NightlyRun.objects.update_or_create(
        day=day,
        defaults={
            "started_at": clock.now(),
            "finished_at": None,
            "done": 0,
            **({"ordered_by": by, "ordered_by_name": by.name} if by else {}),
            "total": Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE).count(),
        },
    )

    def told(step: str) -> Callable[[int], None]:
        run.step = step
        run.save(update_fields=["step"])

        def more(done: int) -> None:
            run.done += done
            run.save(update_fields=["done"])
            progress(step, done)

        more(0)
        return more

    figures = register.find_exits(day, told(say("核查退出情形")))
    figures["warnings"] = register.warn_ahead(day, told(say("提前预警")))
    told(say("零就业家庭"))
    figures["families_cleared"] = clear_where_somebody_works(day)
    figures["warnings"] += family_warnings.warn(day)
    told(say("更新暂定期限"))
    figures["due_dates"] = firm_up_due_dates(day)
    told(say("提醒没提交的申请"))
    figures["drafts_reminded"] = draft_reminders.remind(day)
    staff.close_expired(day)
    sign_ins.forget_old()
    for step, figure, work in _ALSO:
        told(step)
        figures[figure] = work(day)
    told(say("盖章和发送"))
    let_go_on()
    figures["seals"] = run_waiting(*_SEALS).total() if seals else 0
    figures["messages"] = send_waiting()
    told(say("封存当日记录"))
    figures["rerun_differs"] = sum(1 for _ in rerun.differing(_RUN_AGAIN, day.toordinal()))
    figures["unsealed"] = int(not _sealed(day, ledger or settings.JIUYUAN.ledger))
    run.figures = {
        name: run.figures.get(name, 0) + count if name in _ADDED else count for name, count in figures.items()
    }
    run.step, run.finished_at = "", clock.now()
    run.save()
    return run


_SEALS = (
    JobKind.SEAL_FORM,
    JobKind.MAKE_LETTER,
    JobKind.MAKE_EXIT_NOTICE,
    JobKind.MAKE_REFUSAL_NOTICE,
    JobKind.MAKE_CLAIM_LETTER,
    JobKind.MAKE_RECOVERY_LETTER,
)
# Figures added up over several runs on one day: each run counts only what is new.
_ADDED = frozenset(
    {"families_cleared", "proposals", "investigations", "lapsed", "seals", "messages", "due_dates", "drafts_reminded"}
)


def _sealed(day: date, ledger: Path) -> bool:
    """Seal the day's record. False if the key is not available; True where another machine seals."""
    try:
        if signs_here():
            seal(day, ledger)
    except NoKey:
        return False
    return True


def firm_up_due_dates(day: date) -> int:
    """Recompute provisional due dates, because holidays may have been published since. Returns how many changed."""
    changed = 0
    provisional = Application.objects.unscoped().filter(due_state=DueState.PROVISIONAL, finished_on=None)
    for pk in provisional.values_list("pk", flat=True):
        with transaction.atomic():
            rows = Application.objects.unscoped().select_related("agency").select_for_update(of=("self",))
            application = rows.filter(pk=pk, due_state=DueState.PROVISIONAL).first()
            if application is None or application.accepted_on is None:
                continue
            due = _reckoned(application.accepted_on, "recognition_working_days", application.area)
            if due.day == application.due_on and due.provisional:
                continue
            application.due_on = application.sort_on = due.day
            application.due_state = DueState.PROVISIONAL if due.provisional else DueState.FIRM
            application.save(update_fields=["due_on", "sort_on", "due_state"])
            said = {"due_on": due.day, "provisional": due.provisional}
            history.append(
                application.file, history.SYSTEM, "due_on_reckoned_again", said, application.area, set_by([application])
            )
            changed += 1
    return changed + sum(1 for _ in _firm_up_notices(day))


def _firm_up_notices(day: date) -> Iterator[PublicNotice]:
    running = PublicNotice.objects.unscoped().filter(provisional=True, taken_down_on=None, ends_on__gte=day)
    for notice in running.select_related("application__agency"):
        end = _reckoned(notice.posted_on, "notice_working_days", notice.application.area)
        if end.day == notice.ends_on and end.provisional:
            continue
        with transaction.atomic():
            notice.ends_on, notice.provisional = end.day, end.provisional
            notice.save(update_fields=["ends_on", "provisional"])
            application = notice.application
            said = {"ends_on": end.day, "provisional": end.provisional}
            history.append(
                application.file, history.SYSTEM, "notice_reckoned_again", said, application.area, set_by([notice])
            )
        yield notice


def _reckoned(start: date, limit: str, area: str) -> DueDate:
    return calendar.add_workdays(start, registry.region_of(area).limit(limit, on=start))
