"""The person's file as seen from a case, and the data that a case keeps for the file.

Applying at another office does not move the file or write to it. Until that office accepts the case, everything
stated in it is stored with the case; on acceptance it is copied to the file.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.utils.functional import cached_property

from jiuyuan import clock, masking
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Entry
from jiuyuan.history.services import Actor
from jiuyuan.people import facts as standing_facts
from jiuyuan.people import reach
from jiuyuan.people import services as people
from jiuyuan.people.fact_checks import check_facts
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, HouseholdMember, Person
from jiuyuan.procedures.context import Context
from jiuyuan.refusals import GuardNotMet
from jiuyuan.rules.departments import label_of
from jiuyuan.speed.rows import belonging, belonging_to_any
from jiuyuan.wording import say

_FACTS, _HOUSEHOLD = "facts", "household"


def elsewhere(application: Application) -> bool:
    """Whether the file is at another office and the case is not accepted yet."""
    return application.accepted_on is None and application.person.agency_id != application.agency_id


def keeps(application: Application) -> bool:
    """Whether statements about the person are stored with the case: the file is elsewhere,
    or the case already has some.
    """
    return elsewhere(application) or bool(of(application).keys() & {_FACTS, _HOUSEHOLD})


def of(application: Application) -> dict[str, Any]:
    """The data stored with the case: `phone`, `address`, `facts` by name, `household`; empty if it went to the file."""
    return json.loads(application.carried) if application.carried else {}


def said_by(facts: Iterable[Fact], hands: Collection[int], since: datetime | None) -> list[Fact]:
    """The facts that these accounts recorded, if given since a time.

    One superseded by another account's fact counts as standing.
    """
    mine = [fact for fact in facts if fact.recorded_by_id in hands and (since is None or fact.recorded_at >= since)]
    keys, found = {fact.pk for fact in mine}, []
    for fact in mine:
        if fact.superseded_by_id not in keys:
            fact = copy(fact)
            fact.superseded_by_id = None
        found.append(fact)
    return found


def _account(by: Mapping[str, Any]) -> int | None:
    """The account of the author. Older cases stored only the user name."""
    found = User.objects.filter(username=by["username"]).values_list("pk", flat=True)
    return by["account"] if "account" in by else found.first()


def beside(application: Application, facts: Iterable[Fact]) -> list[Fact]:
    """These facts of the file and those of the case, as they will stand after acceptance."""
    on_file, own = _beside(application, facts)
    return [*on_file, *own]


def _beside(application: Application, facts: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
    """The facts of the file and of the case. The person's own statement yields to anything found out later."""
    said = of(application).get(_FACTS, {})
    if not said:
        return list(facts), []
    found, own = [copy(fact) for fact in facts], []
    last = max((fact.pk for fact in found), default=0)
    for place, (name, one) in enumerate(said.items(), 1):
        new = Fact(
            pk=last + place, person=application.person, name=name, value=one["value"], source=one["source"],
            department=label_of(one["department"]), evidence=one["evidence"], observed_on=date.fromisoformat(one["on"]),
            recorded_at=datetime.fromisoformat(one["at"]), recorded_by_id=_account(one["by"]), recorded_by_name=one["by"]["name"],
        )  # fmt: skip
        standing = [fact for fact in found if fact.name == name and fact.stands]
        later = (fact for fact in standing if fact.recorded_at > new.recorded_at)
        new.superseded_by = next((fact for fact in later if standing_facts.superseded_by(fact, new)), None)
        for old in standing:
            if new.stands and standing_facts.superseded_by(new, old):
                old.superseded_by_id = new.pk
        own.append(new)
    return found, own


def members(application: Application) -> list[HouseholdMember] | None:
    """The household stored with the case, numbered; None if the case has none."""
    said = of(application).get(_HOUSEHOLD)
    if said is None:
        return None
    rows = people.members_of(application.person, said["members"])
    for place, row in enumerate(rows, 1):
        row.pk = place
    return rows


def household_by(person: Person, hands: Collection[str]) -> bool:
    """Whether one of these accounts recorded the household as it is."""
    acts = Entry.objects.of(person.file).filter(action="household_recorded").order_by("-seq")
    return acts.values_list("actor", flat=True).first() in hands


def carry(application: Application, **said: Any) -> bool:
    """Store data with the case and return whether anything changed. The caller saves the application."""
    return _write(application, of(application) | said)


def _write(application: Application, said: Mapping[str, Any]) -> bool:
    new = json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None
    changed = new != application.carried
    application.carried = new
    return changed


def contact(actor: Actor, application: Application, phone: str, address: str) -> bool:
    """Set the phone and address: on the file if it is at this office, else with the case. Returns whether they
    changed.

    What a channel states never goes to the file before staff have looked at it.
    """
    if elsewhere(application) or actor.role == Role.CHANNEL:
        return carry(application, phone=phone, address=address or of(application).get("address", ""))
    _write(application, {name: value for name, value in of(application).items() if name in (_FACTS, _HOUSEHOLD)})
    return reach.change(actor, application.person, phone=phone, address=address, agency=application.agency)


def state(
    actor: Actor,
    application: Application,
    values: Mapping[str, Any],
    *,
    source: str,
    evidence: str = "",
    department: str = "",
    observed_on: date | None = None,
) -> list[str]:
    """State facts about the person, on the file or with the case. Returns the names of those that are new.

    The caller saves the application. Raises like `people.services.record_facts`.
    """
    person = application.person
    where: dict[str, Any] = {
        "source": source, "evidence": evidence, "department": department, "observed_on": observed_on,
    }  # fmt: skip
    if not keeps(application):
        return [fact.name for fact in people.record_facts(actor, person, values, **where)]
    known = standing_facts.standing(beside(application, person.facts.all()))
    stated = check_facts(actor, person, values, known, **where)
    before = of(application).get(_FACTS, {})
    new = {
        name: {
            "value": value, "source": source, "department": department, "evidence": evidence.strip(),
            "on": (observed_on or clock.today()).isoformat(), "at": clock.now().isoformat(), "by": asdict(actor),
        }
        for name, value in stated.items()
        if name not in before or (before[name]["value"], before[name]["source"]) != (value, source)
    }  # fmt: skip
    carry(application, **{_FACTS: before | new})
    return list(new)


def name_household(actor: Actor, application: Application, said: Sequence[Mapping[str, str]]) -> bool:
    """State the household, on the file or with the case.

    Returns whether it changed. The caller saves the application.
    """
    if not keeps(application):
        return people.set_household(actor, application.person, said)
    rows = people.members_of(application.person, said)
    kept = [{"name": m.name, "id_number": m.id_number or "", "relation": m.relation, "state": m.state} for m in rows]
    if of(application).get(_HOUSEHOLD, {}).get("members") == kept:
        return False
    return carry(application, **{_HOUSEHOLD: {"members": kept, "by": asdict(actor)}})


def put_on_file(actor: Actor, application: Application) -> None:
    """Accept the case: move the file to its office and copy the stored data to it,
    each part under its author's name.
    """
    said, person = of(application), application.person
    phone, address = said.get("phone", person.phone), said.get("address", "")
    reach.change(actor, person, phone=phone, address=address, agency=application.agency)
    _, own = _beside(application, person.facts.all())
    together: dict[str, dict[str, Any]] = {}
    for fact in own:
        if fact.stands:
            where = {name: said[_FACTS][fact.name][name] for name in ("by", "source", "department", "evidence", "on")}
            together.setdefault(json.dumps(where, sort_keys=True), {})[fact.name] = fact.value
    for written, values in together.items():
        where = json.loads(written)
        by, day = Actor(**where.pop("by")), date.fromisoformat(where.pop("on"))
        people.record_facts(by, person, values, observed_on=day, **where)
    if family := said.get(_HOUSEHOLD):
        people.set_household(Actor(**family["by"]), person, family["members"])
    application.carried = None


class FileInCase(Context):
    """The person as seen from a case.

    Data is read lazily and at most once; `user` is the reader, None for the public.
    """

    def __init__(self, application: Application, user: User | None, today: date | None = None) -> None:
        super().__init__(application, user, today)
        self.application = application

    @property
    def person(self) -> Person:
        return self.application.person

    @cached_property
    def whole_file(self) -> bool:
        """Whether the person's file may be read here.

        Yes for users who may see the file, and for the office that works on an accepted open case. For papers and
        the rules (no user): once the case is accepted, or if the file is at this office.
        """
        user, accepted = self.user, self.application.accepted_on is not None
        if user is None:
            return accepted or not elsewhere(self.application)
        return Person.scope.holds(user, self.person) or (user.is_staff_member and accepted and self.application.is_open)

    @cached_property
    def said_here(self) -> dict[str, Any]:
        """The data stored with the case until it is accepted."""
        return of(self.application)

    @property
    def phone(self) -> str:
        """The phone number stated in the case, else the one on file; empty if the file may not be read here."""
        return self.said_here.get("phone", self.person.phone if self.whole_file else "")

    @property
    def masked_phone(self) -> str:
        return masking.phone(self.phone)

    @property
    def address(self) -> str:
        """Like `phone`."""
        return self.said_here.get("address", self.person.address if self.whole_file else "")

    @cached_property
    def recorded(self) -> list[Fact]:
        """Every fact ever recorded about the person."""
        return belonging(self.person, Fact)

    @cached_property
    def known(self) -> dict[str, Standing]:
        facts, closed = self.recorded, self.application.finished_on
        if self.whole_file:
            return standing_facts.standing(beside(self.application, facts))
        if self.application.accepted_on and closed and not self.by_channel:  # the file has changed since
            return standing_facts.stood_on(facts, closed)
        begun = None if self.by_channel else self.application.created_at
        said = said_by(facts, self._accounts, begun)
        return standing_facts.standing(beside(self.application, said))

    @property
    def by_channel(self) -> bool:
        return self.user is not None and self.user.role == Role.CHANNEL

    @cached_property
    def hands(self) -> set[str]:
        """The accounts whose statements count if the file may not be read: those that acted in the case;
        for a channel only itself.
        """
        return {self.user.username} if self.user and self.by_channel else {act.actor for act in self.acts}

    @cached_property
    def _accounts(self) -> set[int]:
        return set(User.objects.filter(username__in=self.hands).values_list("pk", flat=True))

    @cached_property
    def household(self) -> list[HouseholdMember]:
        """The household on the form; without access to the file only as recorded by `hands`."""
        if (here := members(self.application)) is not None:
            return here
        if self.whole_file or household_by(self.person, self.hands):
            return belonging(self.person, HouseholdMember)
        return []

    def needs_the_file(self) -> None:
        """Raise `GuardNotMet` if the file is at another office and may not be read here."""
        if elsewhere(self.application) and not self.whole_file:
            raise GuardNotMet(say("这个人的档案还在另一平台，受理以后才转来；受理以前这里只登记本人填报的内容。"))

    @cached_property
    def acts(self) -> list[Entry]:
        """The entries of the case's record, oldest first."""
        return belonging_to_any(Entry, "file", [self.application.file], order="seq")
