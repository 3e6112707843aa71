"""The contexts of acts on a recognition: the recognition and what belongs to it, loaded at most once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.utils.functional import cached_property

from jiuyuan.agencies.models import User
from jiuyuan.people.correspondence import tell
from jiuyuan.people.heard import heard
from jiuyuan.people.models import Person
from jiuyuan.procedures.context import Context
from jiuyuan.procedures.table import Choices, Need, Transition
from jiuyuan.recognitions.grounds import DISQUALIFIED, document_of, grounds_to_choose
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, Recognition, Warning
from jiuyuan.regions import registry as regions

# The outcomes that fit a finding, by (holds, fraud).
_FITS: dict[tuple[bool, bool], tuple[str, ...]] = {
    (True, True): (Investigation.Outcome.EXIT, Investigation.Outcome.ANNUL),
    (True, False): (Investigation.Outcome.EXIT,),
    (False, False): (Investigation.Outcome.NOTHING, Investigation.Outcome.CORRECTION),
}


def fitting(investigation: Investigation) -> tuple[str, ...]:
    """The outcomes that fit the finding."""
    if investigation.holds is None:
        return ()
    return _FITS.get((investigation.holds, investigation.fraud), ())


class Stay(Context):
    """The context of a recognition. `recognition` is None while one is being created; then `person` is set."""

    #: The key in the record's payload for the subject's primary key; empty if the subject is the recognition.
    kept_as: ClassVar[str] = ""
    model: ClassVar[type[Any]] = Recognition

    def __init__(
        self,
        recognition: Recognition | None,
        user: User | None,
        subject: Any = None,
        *,
        person: Person | None = None,
        today: date | None = None,
    ) -> None:
        super().__init__(subject, user, today)
        self.recognition = recognition
        self._person = person

    @property
    def region(self) -> str:
        return self.recognition.region if self.recognition else regions.region_of(str(self.person.area)).code

    @property
    def person(self) -> Person:
        if self.recognition is not None:
            return self.recognition.person
        assert self._person is not None
        return self._person

    @property
    def concerned(self) -> Sequence[Person]:
        return [self.person]

    @property
    def stay(self) -> Recognition:
        """The recognition; fails if there is none yet."""
        assert self.recognition is not None
        return self.recognition

    @property
    def versioned(self) -> Any:
        return self.recognition

    @property
    def active(self) -> bool:
        return self.recognition is not None and self.recognition.status == Recognition.Status.ACTIVE

    @cached_property
    def proposals(self) -> list[ExitProposal]:
        return self._rows("proposals", "proposed_by", "decided_by")

    @cached_property
    def investigations(self) -> list[Investigation]:
        return self._rows("investigations", "agency", "found_by", "told_by", "decided_by")

    @cached_property
    def objections(self) -> list[ExitObjection]:
        return self._rows("objections", "decided_by", "made_by")

    @cached_property
    def basis_withdrawn(self) -> bool:
        """Whether the facts behind it were withdrawn and nobody has reviewed it since."""
        return any(one.kind == Warning.Kind.BASIS for one in self._rows("warnings"))

    def _rows(self, name: str, *related: str) -> list[Any]:
        """The related rows, newest first; prefetched ones are used if there are any."""
        in_hand = getattr(self.recognition, "_prefetched_objects_cache", {})
        if name in in_hand:
            rows = sorted(in_hand[name], key=lambda row: -row.pk)
        else:
            rows = list(getattr(self.recognition, name).select_related(*related).order_by("-pk"))
        for row in rows:
            row.recognition = self.recognition
        return rows

    @cached_property
    def recognised_again(self) -> bool:
        others = self.person.recognitions.filter(status=Recognition.Status.ACTIVE)
        return bool(others.exclude(pk=self.stay.pk).exists())

    @property
    def open_proposals(self) -> list[ExitProposal]:
        return [one for one in self.proposals if one.status == ExitProposal.Status.OPEN]

    @property
    def investigation(self) -> Investigation | None:
        """The open investigation, or None."""
        return next((one for one in self.investigations if one.status != Investigation.Status.DECIDED), None)

    @property
    def objection(self) -> ExitObjection | None:
        """The undecided objection, or None."""
        return next((one for one in self.objections if one.upheld is None), None)

    @property
    def objected(self) -> bool:
        """Whether somebody objected to this end. An overturned end does not count, and a later one is another."""
        now = (self.stay.ground, self.stay.case, self.stay.ended_on)
        made = [one for one in self.objections if one.upheld is not True]
        return any(one.upheld is None or (one.ground, one.case, one.ended_on) == now for one in made)

    @property
    def around(self) -> str:
        return str(self.stay.status) if self.recognition is not None else ""

    def choices(self, need: Need) -> Choices:
        """The choices without 三(六), which needs an investigation and is never proposed or decided directly."""
        if need.kind != "ground":
            return need.choices
        return tuple(one for one in grounds_to_choose(self.stay) if one[0] != DISQUALIFIED)

    def save(self) -> None:
        """Save the subject and increment the version of an active recognition.

        An ended one keeps its version, and so its notice.
        """
        self.subject.save()
        if self.recognition is not None and self.active:
            self.recognition.version += 1
            self.recognition.save(update_fields=["version"])

    def payload(
        self, transition: Transition, said: dict[str, Any], more: dict[str, Any], moved: bool
    ) -> dict[str, Any]:
        """The recognition, the key of its related row, and what the effect adds."""
        named = {self.kept_as: self.subject.pk} if self.kept_as else {}
        return {"recognition": self.stay.number, **named, **more, "version": self.stay.version}

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        words = {"name": self.person.name, "agency": self.stay.agency.name, "document": document_of(self.stay)}
        tell(self.person, code, {**words, **said})

    def heard(self, transition: Transition) -> tuple[str, ...]:
        return heard(self.stay.area, transition, self.stay.agency)


class OnRegister(Stay):
    """The context if the recognition itself is the subject."""

    def __init__(self, recognition: Recognition | None, user: User | None, **known: Any) -> None:
        super().__init__(recognition, user, recognition, **known)

    def save(self) -> None:
        if self.recognition is not None:
            self.subject.version += 1
        self.recognition = self.subject
        self.subject.save()

    def suggested(self, transition: Transition) -> dict[str, Any]:
        return {"on": self.today}


class Proposal(Stay):
    """The context of an exit proposal; `subject` is None before it is created."""

    kept_as = "proposal"
    model = ExitProposal

    def suggested(self, transition: Transition) -> dict[str, Any]:
        """The proposed day."""
        return {"on": self.subject.on} if self.subject is not None else {}

    def payload(self, *given: Any) -> dict[str, Any]:
        return {"ground": self.subject.ground, **super().payload(*given)}


class Inquiry(Stay):
    """The context of an investigation; `subject` is None before it is opened."""

    kept_as = "investigation"
    model = Investigation

    def choices(self, need: Need) -> Choices:
        """The outcomes that fit the finding."""
        fits = fitting(self.subject) if need.name == "outcome" else dict(need.choices)
        return tuple(one for one in need.choices if one[0] in fits)

    def payload(self, *given: Any) -> dict[str, Any]:
        return {**super().payload(*given), "status": self.subject.status}


class Contest(Stay):
    """The context of an objection to an exit, whose state is derived from `upheld`."""

    kept_as = "objection"
    model = ExitObjection

    def move(self, final: bool) -> None:
        """Does nothing: the effect sets `upheld`."""

    def payload(self, *given: Any) -> dict[str, Any]:
        return {**super().payload(*given), "status": self.stay.status}


def day(one: date) -> str:
    """Format a day for messages."""
    return f"{one:%Y年%-m月%-d日}"
