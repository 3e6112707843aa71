"""Writing messages with an act, and sending them afterwards."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import models, transaction

from jiuyuan import clock
from jiuyuan.notifications import notices
from jiuyuan.notifications.models import Message, Withheld

_MOST_ATTEMPTS = 5
_CHUNK = 500

# A gateway takes a telephone number and a text, and raises OSError where it could not send.
Gateway = Callable[[str, str], None]


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
) -> None:
    """A notice in the transaction of its act. To people only `people.correspondence` writes: it knows who is dead (`withheld`)."""
    model = Withheld if withheld else Message
    model.objects.create(
        file=file, about=about, recipient=recipient, phone=phone or None, code=code,
        fields=notices.kept(code, fields or {}), created_at=clock.now(),
    )  # fmt: skip


Addressee = tuple[str, str, str]  # file, about, recipient
Dead = Callable[[set[Addressee]], set[Addressee]]


@transaction.atomic
def hold_back(dead: Dead) -> None:
    """Take what waits for the dead out of the queue; `dead` is given addressees and returns those who are."""
    waiting = (
        Message.objects.unscoped().filter(sent_at=None, attempts__lt=_MOST_ATTEMPTS).select_for_update().order_by("pk")
    )
    for chunk in _chunks(waiting, _CHUNK):
        found = dead({_addressee(row) for row in chunk})
        _move(Message, Withheld, [row for row in chunk if _addressee(row) in found])


@transaction.atomic
def let_go_on(dead: Dead, about: str = "") -> None:
    """Put what was held back for somebody who is not dead after all into the queue; `about` one person, or everybody."""
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
    target._default_manager.bulk_create(copies)
    source._base_manager.filter(pk__in=[row.pk for row in rows]).delete()


def _addressee(row: Any) -> Addressee:
    return row.file, row.about, row.recipient


def read(message: Message) -> None:
    if message.read_at is None:
        message.read_at = clock.now()
        message.save(update_fields=["read_at"])


def anything_waits() -> bool:
    return Message.objects.unscoped().filter(sent_at=None, attempts__lt=_MOST_ATTEMPTS).exists()


def send_waiting(gateway: Gateway | None = None) -> int:
    """Send what waits, each message once, and return how many went out. Without a gateway the letter in the system is all."""
    sent = 0
    waiting = Message.objects.unscoped().filter(sent_at=None, attempts__lt=_MOST_ATTEMPTS).order_by("pk")
    for pk in waiting.values_list("pk", flat=True):
        with transaction.atomic():
            message = Message.objects.unscoped().select_for_update().get(pk=pk)
            if message.sent_at is not None:
                continue
            message.attempts += 1
            try:
                if gateway and message.phone:
                    gateway(message.phone, message.body)
                    message.sent_title, message.sent_body = message.title, message.body
            except OSError as error:
                message.failure = str(error)[:200]
            else:
                message.sent_at = clock.now()
                sent += 1
            message.save()
    return sent
