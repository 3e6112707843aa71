"""Messages to people, written in the transaction of the act. Nobody writes to a dead person (三(三))."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from jiuyuan.notifications import services as notifications
from jiuyuan.notifications.services import Addressee
from jiuyuan.people.models import Fact, KnownFacts, Person, Source
from jiuyuan.speed.rows import belonging_to_any


def tell(
    person: Person,
    code: str,
    fields: Mapping[str, Any] | None = None,
    *,
    file: str = "",
    phone: str | None = None,
    waits: timedelta = notifications.AT_ONCE,
) -> None:
    """Write a notice (`notifications.notices`) to a person, or put it on file only if they are dead.

    `file`: the file of the act, by default the person's. `phone`: instead of the one on file. `waits`: how long
    the text message is held back.
    """
    notifications.write(
        file or person.file,
        code,
        fields,
        recipient=person.account.username if person.account else "",
        phone=person.phone if phone is None else phone,
        about=person.file,
        withheld=is_dead(person),
        waits=waits,
    )


def tell_many(code: str, told: Collection[tuple[Person, Mapping[str, Any]]]) -> None:
    """Send one notice to many people, each with fields of their own. Their accounts must be loaded."""
    dead = dead_among(person.pk for person, _ in told)
    notifications.write_many(
        code,
        [
            notifications.Written(
                file=person.file, fields=fields, recipient=person.account.username if person.account else "",
                phone=person.phone, withheld=person.pk in dead,
            )
            for person, fields in told
        ],
    )  # fmt: skip


def is_dead(person: Person) -> bool:
    # `KnownFacts` answers at once for nearly everybody: no source says that they are dead.
    said = belonging_to_any(KnownFacts, "person_id", [person.pk], order="person_id")
    return any(row.deceased for row in said) and person.pk in dead_among([person.pk])  # type: ignore[attr-defined]


def dead_among(people: Iterable[int]) -> set[int]:
    """The people who are dead according to a department or a paper, undisputed and uncontradicted.

    Something heard at the door is not enough: the person may be alive.
    """
    keys = list(people)
    said = Fact.objects.unscoped().filter(person__any_of=keys, name="deceased", value=True, superseded_by=None)
    verified = said.filter(withdrawn_at=None, source__in=(Source.SHARED_DATA, Source.DOCUMENT))
    # `KnownFacts` tells whether the fact is disputed or contradicted.
    return set(verified.filter(person__known_facts__deceased=True).values_list("person", flat=True))


def send_waiting() -> int:
    """Send waiting messages and return how many. Messages to dead people are held back."""
    notifications.hold_back(_dead)
    return notifications.send_waiting()


def let_go_on(person: Person | None = None) -> None:
    """Release held messages after a death was recorded wrongly: of one person, or of everybody (nightly run)."""
    notifications.let_go_on(_dead, person.file if person else "")


def _dead(addressees: set[Addressee]) -> set[Addressee]:
    """The dead among the addressees: by the person in `about`, or for older messages by file or account."""
    named: dict[Addressee, int] = {}
    by_account: dict[str, list[Addressee]] = {}
    for addressee in addressees:
        file, about, recipient = addressee
        key = about or (file if file.startswith("person:") else "")
        if key:
            named[addressee] = int(key.removeprefix("person:"))
        elif recipient:
            by_account.setdefault(recipient, []).append(addressee)
    rows = Person.objects.unscoped().filter(account__username__in=by_account)
    for username, pk in rows.values_list("account__username", "pk"):
        named |= dict.fromkeys(by_account[username], pk)
    dead = dead_among(named.values())
    return {addressee for addressee, pk in named.items() if pk in dead}
