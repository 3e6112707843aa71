"""Writing messages with an act, and announcing them by text message afterwards."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import models, transaction

from jiuyuan import clock
from jiuyuan.encryption import keyed_hash
from jiuyuan.notifications import gateways, notices
from jiuyuan.notifications.models import Message, Withheld
from jiuyuan.regions import registry
from jiuyuan.wording import for_record, say

_CHUNK = 500
#: The pauses after failed attempts; after the last the text is given up.
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))

AT_ONCE = timedelta(0)

_KEPT = ("file", "about", "recipient", "phone", "code", "fields", "sent_title", "sent_body", "created_at")


def write(
    file: str,
    code: str,
    fields: Mapping[str, Any] | None = None,
    *,
    recipient: str = "",
    phone: str = "",
    about: str = "",
    withheld: bool = False,
    waits: timedelta = AT_ONCE,
) -> None:
    """Write a notice in the transaction of its act.

    Messages to people are written by `people.correspondence` only, which knows who is dead (`withheld`).
    """
    model = Withheld if withheld else Message
    more = {} if withheld else {"due_at": _due(phone, waits)}
    model.objects.create(
        file=file, about=about, recipient=recipient, phone=phone or None, code=code,
        fields=notices.kept(code, fields or {}), created_at=clock.now(), **more,
    )  # fmt: skip


@dataclass(frozen=True)
class Written:
    """One of several notices of the same kind; see `write`."""

    file: str
    fields: Mapping[str, Any]
    recipient: str
    phone: str
    withheld: bool


def write_many(code: str, written: Iterable[Written]) -> None:
    """Write the same notice to many, each about their own file, in the transaction of the act.

    For people only through `people.correspondence`.
    """
    now = clock.now()
    messages, kept = [], []
    for one in written:
        said = {
            "file": one.file, "about": one.file, "recipient": one.recipient, "phone": one.phone or None, "code": code,
            "fields": notices.kept(code, one.fields), "created_at": now,
        }  # fmt: skip
        if one.withheld:
            kept.append(Withheld(**said))
        else:
            messages.append(Message(**said, due_at=_due(one.phone)))
    Message.objects.bulk_create(messages)
    Withheld.objects.bulk_create(kept)


Addressee = tuple[str, str, str]  # file, about, recipient
Dead = Callable[[set[Addressee]], set[Addressee]]


@transaction.atomic
def hold_back(dead: Dead) -> None:
    """Withhold waiting messages to dead people; `dead` returns those of the given addressees who are."""
    waiting = Message.objects.unscoped().filter(due_at__isnull=False).select_for_update().order_by("pk")
    for chunk in _chunks(waiting, _CHUNK):
        found = dead({_addressee(row) for row in chunk})
        _move(Message, Withheld, [row for row in chunk if _addressee(row) in found])


@transaction.atomic
def let_go_on(dead: Dead, about: str = "") -> None:
    """Release withheld messages to people who are not dead after all; `about`: one person, by default everybody."""
    held = Withheld.objects.unscoped().filter(about=about) if about else Withheld.objects.unscoped()
    for chunk in _chunks(held.select_for_update().order_by("pk"), _CHUNK):
        found = dead({_addressee(row) for row in chunk})
        _move(Withheld, Message, [row for row in chunk if _addressee(row) not in found])


def _chunks(rows: "models.QuerySet[Any]", size: int) -> Iterator[list[Any]]:
    iterator = iter(list(rows))
    while chunk := list(islice(iterator, size)):
        yield chunk


def _move(source: type[models.Model], target: type[models.Model], rows: list[Any]) -> None:
    copies = [target(**{name: getattr(row, name) for name in _KEPT}) for row in rows]
    for copy in copies:
        if isinstance(copy, Message):
            copy.due_at = _due(copy.phone)
    target._default_manager.bulk_create(copies)
    source._base_manager.filter(pk__in=[row.pk for row in rows]).delete()


def _addressee(row: Any) -> Addressee:
    return row.file, row.about, row.recipient


def read(messages: Iterable[Message]) -> None:
    """Mark messages as read by their addressee."""
    if fresh := [message.pk for message in messages if message.read_at is None]:
        Message.objects.unscoped().filter(pk__in=fresh, read_at=None).update(read_at=clock.now())


def reached(file: str, since: datetime) -> bool:
    """Whether what was written in a file since then was read, or announced by text message."""
    reached = models.Q(read_at__isnull=False) | models.Q(sent_at__isnull=False)
    return Message.objects.to("", file).filter(reached, created_at__gte=since).exists()


def call_back(file: str, since: datetime) -> None:
    """Cancel what was written in a file since then: its act was undone before anybody was told."""
    for model in (Message, Withheld):
        model.objects.to("", file).filter(created_at__gte=since).delete()


def anything_waits() -> bool:
    return gateways.configured() is not None and Message.objects.unscoped().filter(due_at__lte=clock.now()).exists()


def send_waiting() -> int:
    """Send the waiting text messages, each once. Returns how many the gateway accepted; none without a gateway."""
    gateway, sent = gateways.configured(), 0
    if gateway is None:
        return 0
    left = gateway.an_hour - sent_within_an_hour()
    waiting = Message.objects.unscoped().filter(due_at__lte=clock.now()).order_by("due_at", "pk")
    for pk in waiting.values_list("pk", flat=True)[: max(left, 0)]:  # the rate limit: the rest waits for the next hour
        sent += _send(gateway, pk)
    return sent


def sent_within_an_hour() -> int:
    return Message.objects.unscoped().filter(sent_at__gt=clock.now() - timedelta(hours=1)).count()


@transaction.atomic
def _send(gateway: gateways.Gateway, pk: int) -> bool:
    message = Message.objects.unscoped().select_for_update().filter(pk=pk, due_at__isnull=False).first()
    if message is None or message.phone is None:
        return False
    if sent_to(message.phone) >= gateway.a_number_a_day:
        tomorrow = (clock.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
        message.due_at, message.failure = tomorrow, for_record("一天内发给这个号码的短信已到上限，明天再发")
        message.save(update_fields=["due_at", "failure"])
        return False
    message.attempts += 1
    title = message.title
    try:
        gateway.send(str(pk), message.phone, text_of(message))
    except gateways.NotSent as error:
        final = isinstance(error, gateways.RefusedByGateway) or message.attempts > len(_WAITS)
        message.due_at = None if final else clock.now() + _WAITS[message.attempts - 1]
        message.failure = str(error)[:200]
    else:
        message.due_at, message.sent_at, message.failure, message.sent_title = None, clock.now(), "", title
        message.sent_to = _mark(message.phone)
    message.save()
    return message.sent_at is not None


def text_of(message: Message) -> str:
    """The text message: sender (unless the gateway adds it), that there is a message, and where.

    The subject is left out, because others may read the phone.
    """
    return signed(say("您有新的办事消息，请登录 {url} 查看，或者到办理窗口询问。", url=settings.JIUYUAN.base_url))


def signed(text: str) -> str:
    """Prefix the institution's name, unless the gateway adds its own."""
    gateway, about = gateways.configured(), registry.home().about
    return text if about is None or (gateway and gateway.sign) else f"【{about.institution}】{text}"


def latest_texts(most: int) -> list[Message]:
    """The latest text messages, for the page of a demonstration."""
    return list(Message.objects.unscoped().exclude(sent_at=None).order_by("-sent_at", "-pk")[:most])


def delivered(pk: int, failure: str = "") -> bool:
    """Record the gateway's report on an accepted text; a delivered one stays delivered. False if none was accepted."""
    told = {"failure": failure[:200]} if failure else {"delivered_at": clock.now(), "failure": ""}
    taken = Message.objects.unscoped().filter(pk=pk, sent_at__isnull=False)
    return bool(taken.filter(delivered_at=None).update(**told)) or taken.exists()


def sent_to(phone: str) -> int:
    """The number of texts to a number within a day."""
    since = clock.now() - timedelta(days=1)
    return Message.objects.unscoped().filter(sent_to=_mark(phone), sent_at__gt=since).count()


def _mark(phone: str) -> str:
    """The keyed mark of a number for counting texts; the number itself is not stored."""
    return keyed_hash("sms", phone)


def _due(phone: str | None, waits: timedelta = AT_ONCE) -> datetime | None:
    return clock.now() + waits if phone and gateways.reaches(phone) else None
