"""Reminds applicants once of a draft that they have not submitted (二(一))."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from jiuyuan.applications.models import Application
from jiuyuan.applications.models.application import Channel
from jiuyuan.history.models import Entry
from jiuyuan.notifications import notices
from jiuyuan.notifications.models import Message
from jiuyuan.people.correspondence import dead_among, tell
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry

LIES = notices.declare(
    "application.draft_lies",
    "您的申请还没有提交",
    "您{since:date}填的申请（{number}）还没有提交，填过的都在。想接着办，请登录后按“接着填”；不想办了，可以撤回，也可以不管它。"
    "有不明白的，请问{agency}。",
)


def remind(day: date) -> int:
    """Remind applicants of drafts left alone for `draft_reminder_days` or longer, once each, and return how many.

    Safe to run again. Skips the dead, people who have since submitted another application, and people on the register.
    """
    drafts = Application.objects.unscoped().filter(status="draft", person__account__isnull=False)
    drafts = drafts.exclude(channel=Channel.WINDOW).exclude(person__recognitions__status=Recognition.Status.ACTIVE)
    rows = list(drafts.values_list("pk", "person", "number", "created_at", "area"))
    files = [f"application:{number}" for _, _, number, _, _ in rows]
    touched = dict(
        Entry.objects.of(*files).order_by().values("file").annotate(last=Max("at")).values_list("file", "last")
    )
    spoken_of = set(Message.objects.unscoped().filter(code=LIES, file__in=files).values_list("file", flat=True))
    dead = dead_among(person for _, person, *_ in rows)
    told = 0
    for (pk, person, _number, created_at, area), file in zip(rows, files, strict=True):
        since = timezone.localdate(touched.get(file, created_at))
        days = registry.region_of(area).limit("draft_reminder_days", on=day)
        if file in spoken_of or person in dead or day < since + timedelta(days=days):
            continue
        told += _tell(pk, since)
    return told


@transaction.atomic
def _tell(pk: int, since: date) -> bool:
    rows = Application.objects.unscoped().select_related("person__account", "agency").select_for_update(of=("self",))
    draft = rows.filter(pk=pk, status="draft").first()
    if draft is None or Message.objects.unscoped().filter(code=LIES, file=draft.file).exists():
        return False
    others = Application.objects.unscoped().filter(person=draft.person, submitted_on__gte=draft.created_at.date())
    if others.exclude(pk=pk).exists():
        return False
    words = {"number": draft.number, "since": since, "agency": draft.agency.name}
    tell(draft.person, LIES, words, file=draft.file)
    return True
