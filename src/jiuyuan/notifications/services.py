"""Writing messages with an act, and sending them afterwards."""

from collections.abc import Callable

from django.db import transaction

from jiuyuan import clock
from jiuyuan.notifications.models import Message

_MOST_ATTEMPTS = 5

# A gateway takes a telephone number and a text, and raises OSError where it could not send.
Gateway = Callable[[str, str], None]


def write(file: str, title: str, body: str, *, recipient: str = "", phone: str = "") -> Message:
    return Message.objects.create(
        file=file, recipient=recipient, phone=phone or None, title=title, body=body, created_at=clock.now()
    )


def read(message: Message) -> None:
    if message.read_at is None:
        message.read_at = clock.now()
        message.save(update_fields=["read_at"])


def send_waiting(gateway: Gateway | None = None) -> int:
    """Send what waits, each message once, and return how many went out. Without a gateway the letter in the system is all."""
    sent = 0
    for pk in Message.objects.filter(sent_at=None, attempts__lt=_MOST_ATTEMPTS).values_list("pk", flat=True):
        with transaction.atomic():
            message = Message.objects.select_for_update().get(pk=pk)
            if message.sent_at is not None:
                continue
            message.attempts += 1
            try:
                if gateway and message.phone:
                    gateway(message.phone, message.body)
            except OSError as error:
                message.failure = str(error)[:200]
            else:
                message.sent_at = clock.now()
                sent += 1
            message.save()
    return sent
