"""What of the person's file a case shows to who looks: all of it, or what was said in the case itself while the file is elsewhere."""

from datetime import date
from typing import Any

from django.utils.functional import cached_property

from jiuyuan import masking
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import carried
from jiuyuan.applications.models import Application
from jiuyuan.history.models import Entry
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Fact, HouseholdMember, Person
from jiuyuan.procedures.context import Context
from jiuyuan.refusals import GuardNotMet
from jiuyuan.speed.rows import belonging, belonging_to_any
from jiuyuan.wording import say


class FileInCase(Context):
    """The person as a case knows them. Everything is read lazily and at most once; `user` is who looks, None for the public."""

    def __init__(self, application: Application, user: User | None, today: date | None = None) -> None:
        super().__init__(application, user, today)
        self.application = application

    @property
    def person(self) -> Person:
        return self.application.person

    @cached_property
    def whole_file(self) -> bool:
        """Whether the person's file may be read here: by who sees the file, by the office that works on the case it accepted,
        and for papers and the rules once it was accepted, or where the file stands at this office anyway."""
        user, accepted = self.user, self.application.accepted_on is not None
        if user is None:
            return accepted or not carried.elsewhere(self.application)
        return Person.scope.holds(user, self.person) or (user.is_staff_member and accepted and self.application.is_open)

    @cached_property
    def said_here(self) -> dict[str, Any]:
        """What the case itself carries until it is accepted."""
        return carried.of(self.application)

    @property
    def phone(self) -> str:
        """The telephone that this case names, else the one on file; empty where that is not for here."""
        return self.said_here.get("phone", self.person.phone if self.whole_file else "")

    @property
    def masked_phone(self) -> str:
        return masking.phone(self.phone)

    @property
    def address(self) -> str:
        """As `phone`."""
        return self.said_here.get("address", self.person.address if self.whole_file else "")

    @cached_property
    def recorded(self) -> list[Fact]:
        """Everything that was ever recorded of the person."""
        return belonging(self.person, Fact)

    @cached_property
    def known(self) -> dict[str, Standing]:
        facts, closed = self.recorded, self.application.finished_on
        if self.whole_file:
            return standing_facts.standing(carried.beside(self.application, facts))
        if self.application.accepted_on and closed and not self.by_channel:  # the file has moved on since
            return standing_facts.stood_on(facts, closed)
        begun = None if self.by_channel else self.application.created_at
        said = carried.said_by(facts, self._accounts, begun)
        return standing_facts.standing(carried.beside(self.application, said))

    @property
    def by_channel(self) -> bool:
        return self.user is not None and self.user.role == Role.CHANNEL

    @cached_property
    def hands(self) -> set[str]:
        """Whose words on the person are this case's own, where the file is not for who looks: a channel's are its own alone."""
        return {self.user.username} if self.user and self.by_channel else {act.actor for act in self.acts}

    @cached_property
    def _accounts(self) -> set[int]:
        return set(User.objects.filter(username__in=self.hands).values_list("pk", flat=True))

    @cached_property
    def household(self) -> list[HouseholdMember]:
        """The family as the form lists it; where the file is not for who looks, only as this case's own hands wrote it."""
        if (here := carried.members(self.application)) is not None:
            return here
        if self.whole_file or carried.household_by(self.person, self.hands):
            return belonging(self.person, HouseholdMember)
        return []

    def needs_the_file(self) -> None:
        """Raises `GuardNotMet` while the file stands elsewhere and is not for who looks."""
        if carried.elsewhere(self.application) and not self.whole_file:
            raise GuardNotMet(say("这个人的档案还在另一平台，受理以后才转来；受理以前这里只登记本人填报的内容。"))

    @cached_property
    def acts(self) -> list[Entry]:
        """The case's chain in the history, oldest first."""
        return belonging_to_any(Entry, "file", [self.application.file], order="seq")
