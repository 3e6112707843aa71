"""Messages to people, written with the act that causes them. After a death nobody writes to the dead (三(三))."""

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
    """Write a notice (`notifications.notices`) to somebody, in the file of the act (their own, where not given), by the telephone
    on file or another; a text says so after it `waits`. For the dead it stays on the file instead."""
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
    """As `tell`, the same notice to many: each has their account in hand, and some words of their own."""
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
    # The row that screening reads says at once of nearly everybody that nobody called them dead.
    said = belonging_to_any(KnownFacts, "person_id", [person.pk], order="person_id")
    return any(row.deceased for row in said) and person.pk in dead_among([person.pk])  # type: ignore[attr-defined]


def dead_among(people: Iterable[int]) -> set[int]:
    """Those of whom a department's or a paper's undisputed and uncontradicted word says that they are dead.

    What was only heard at a door is not enough to stop writing to somebody who may be alive.
    """
    keys = list(people)
    said = Fact.objects.unscoped().filter(person__any_of=keys, name="deceased", value=True, superseded_by=None)
    verified = said.filter(withdrawn_at=None, source__in=(Source.SHARED_DATA, Source.DOCUMENT))
    # Whether it is disputed or contradicted by another source stands in the row that screening reads.
    return set(verified.filter(person__known_facts__deceased=True).values_list("person", flat=True))


def send_waiting() -> int:
    """Send what waits and return how many went out. What waits for the dead is held back."""
    notifications.hold_back(_dead)
    return notifications.send_waiting()


def let_go_on(person: Person | None = None) -> None:
    """A death was recorded wrongly: what was held back goes on, for one person or for everybody (the night)."""
    notifications.let_go_on(_dead, person.file if person else "")


def _dead(addressees: set[Addressee]) -> set[Addressee]:
    """Whose messages these are: named in `about`, or for those of before it by the file or the account they go to."""
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
