"""What a case says of somebody whose file stands at another office: kept with the case, and put on the file as it is accepted.

Applying somewhere moves nobody: until the new office accepts, the file, its telephone and its address stay where they are.
"""

import json
from collections.abc import Collection, Iterable
from copy import copy
from datetime import datetime
from typing import Any

from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Entry
from jiuyuan.history.services import Actor
from jiuyuan.people import reach
from jiuyuan.people.models import Fact, Person


def elsewhere(application: Application) -> bool:
    """Whether the person's file stands at another office, and stays there for now."""
    return application.accepted_on is None and application.person.agency_id != application.agency_id


def of(application: Application) -> dict[str, Any]:
    """What the case carries: `phone` and `address`; nothing where it is said on the file."""
    return json.loads(application.carried) if application.carried else {}


def said_by(facts: Iterable[Fact], hands: Collection[str], since: datetime | None) -> list[Fact]:
    """The facts that these accounts wrote, since then where given; what gave way to somebody else's stands here."""
    mine = [fact for fact in facts if fact.recorded_by in hands and (since is None or fact.recorded_at >= since)]
    keys, found = {fact.pk for fact in mine}, []
    for fact in mine:
        if fact.superseded_by_id not in keys:
            fact = copy(fact)
            fact.superseded_by_id = None
        found.append(fact)
    return found


def household_by(person: Person, hands: Collection[str]) -> bool:
    """Whether one of these accounts wrote down the family as it stands."""
    acts = Entry.objects.of(person.file).filter(action="household_recorded").order_by("-seq")
    return acts.values_list("actor", flat=True).first() in hands


def carry(application: Application, **said: Any) -> bool:
    """Keep with the case what it says; whether that is something else than before. The caller saves."""
    new = json.dumps(of(application) | said, ensure_ascii=False, sort_keys=True)
    changed = new != application.carried
    application.carried = new
    return changed


def contact(actor: Actor, application: Application, phone: str, address: str) -> bool:
    """Say how the person is reached: on the file where it stands at this office, else with the case. Whether it changed.

    What a channel says goes on no file before somebody looked at it.
    """
    if elsewhere(application) or actor.role == Role.CHANNEL:
        return carry(application, phone=phone, address=address or of(application).get("address", ""))
    application.carried = None
    return reach.change(actor, application.person, phone=phone, address=address, agency=application.agency)


def put_on_file(actor: Actor, application: Application) -> None:
    """The case is accepted: the file moves to its office, with what the case carries."""
    said, person = of(application), application.person
    phone, address = said.get("phone", person.phone), said.get("address", "")
    reach.change(actor, person, phone=phone, address=address, agency=application.agency)
    application.carried = None
