"""A case as guards, pages and the rules see it: the application with everything known and decided, loaded once."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import cached_property

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications import failing, on_time, taking_back, withdrawn_basis
from jiuyuan.applications.carried import FileInCase
from jiuyuan.applications.failing import Failing
from jiuyuan.applications.models import (
    NOT_OURS,
    Agent,
    Application,
    Decision,
    DueState,
    Material,
    Objection,
    Opinion,
    PublicNotice,
    SealedForm,
    SpecialCase,
)
from jiuyuan.history.models import Look
from jiuyuan.people import correspondence, households
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.facts import Standing
from jiuyuan.people.heard import heard
from jiuyuan.people.models import Person
from jiuyuan.procedures.table import Need, Transition
from jiuyuan.recognitions.withdrawn_basis import labels
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules import calendar
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.logic import reads
from jiuyuan.rules.parameters import Figure
from jiuyuan.rules.policy import AUTHORISATION, SIGNED_FORM
from jiuyuan.speed.rows import belonging, belonging_to_any
from jiuyuan.wording import say

if TYPE_CHECKING:
    from jiuyuan.regions.questions import Questions
    from jiuyuan.rules.policy import MaterialRequirement, Policy
    from jiuyuan.rules.policy import Ruling as Answer

#: The fact that the household is a family without work.
FAMILY = "zero_employment_family"


class Case(FileInCase):
    """An application and its data, read lazily and at most once. `user` is the reader, None for the public."""

    def __init__(self, application: Application, user: User | None, today: date | None = None) -> None:
        super().__init__(application, user, today)

    @property
    def concerned(self) -> list[Person]:
        return [self.person]

    def must_say(self, need: Need) -> bool:
        return need.kind == "objection" and len(self.open_objections) > 1

    def move(self, final: bool) -> None:
        """Set the state; for a final one also the closing day, and clear what the case waited for and its limit."""
        super().move(final)
        if not final:
            return
        application = self.application
        application.finished_on, application.sort_on = self.today, NOT_OURS
        if application.due_on:
            application.due_state = DueState.CLOSED

    def tell(self, code: str, said: Mapping[str, Any]) -> None:
        application = self.application
        words: dict[str, Any] = {"number": application.number, "agency": application.agency.name, "today": self.today}
        words |= {"due_on": application.due_on, **said}
        words = {name: _without_end(value) for name, value in words.items()}
        correspondence.tell(self.person, code, words, file=application.file, waits=taking_back.waits(self))

    def heard(self, transition: Transition) -> tuple[str, ...]:
        by = self.user.agency if self.user and self.user.agency else self.application.agency
        return heard(self.application.area, transition, by)

    @property
    def place(self) -> Region:
        """The region, narrowed to the platform of this case."""
        return registry.region_of(self.application.area)

    @property
    def questions(self) -> "Questions":
        """The form's questions beside facts."""
        return registry.questions_of(self.application.area)

    @property
    def policy(self) -> "Policy":
        """The policy under which the case was begun; later policies do not affect it."""
        return registry.policy(self.application.policy)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The facts that the rules may use today, as JSON values."""
        on_the_card = {} if self.whole_file else {"birth_date": str(self.person.birth_date), "sex": self.person.sex}
        return on_the_card | standing_facts.values(self.known) | {"as_of": self.today.isoformat()}

    @cached_property
    def minimum_wage(self) -> Figure | None:
        place = self.known.get("residence_division")
        if place is None or place.value is None:
            return None
        wages = self.policy.wages
        return wages.at(place.value, self.today) if wages else None

    @cached_property
    def decision(self) -> "Answer":
        return self.policy.decide(self.policy.parse(self.facts))

    @cached_property
    def answer(self) -> dict[str, Any] | None:
        """The answer of the rules: for an open case today's, for a closed one that of its decision."""
        if self.application.is_open:
            return self.decision.as_json()
        decided = self.application.decisions.order_by("-id").first()
        return decided.answer if decided else None

    @cached_property
    def needed(self) -> set[str]:
        """The facts read by the base conditions, the claimed categories and the exclusions."""
        claimed = {*self.application.categories, *self.decision.categories}
        clauses = (
            *self.policy.base,
            *(c for c in self.policy.categories if c.code in claimed),
            *self.policy.exclusions,
        )
        needed = {name for clause in clauses for name in reads(clause.when)}
        said = {*self.known, *self.decision.missing}
        return {name for name in needed if name in said or not FACTS[name].silent}

    @cached_property
    def contradictions(self) -> list[Standing]:
        return [item for item in self.known.values() if item.contradicted]

    @cached_property
    def family_categories(self) -> dict[str, str]:
        """The titles of the categories based on a family without work, by code."""
        return _family_categories(self.application.policy)

    @property
    def household_lacking(self) -> bool:
        """Whether such a category is claimed but no household member is named."""
        claimed = any(code in self.family_categories for code in self.application.categories)
        return claimed and not self.household

    @cached_property
    def family_contradiction(self) -> list[str]:
        """The household members who work although the family counts as without work,
        until somebody settles it in words.
        """
        fact = self.known.get(FAMILY)
        if fact is None or fact.value is not True or not self.whole_file:
            return []
        if not any(
            code in self.family_categories for code in (*self.application.categories, *self.decision.categories)
        ):
            return []
        found = households.at_work(self.person)
        best = fact.best
        later = bool(best.settlement) and all(one.since is None or one.since <= best.recorded_at for one in found)
        return [] if later else [one.words for one in found]

    @cached_property
    def disputed(self) -> list[Standing]:
        return [item for item in self.known.values() if item.disputed]

    @cached_property
    def rests_on(self) -> dict[str, frozenset[str]]:
        verified = [name for name, item in self.known.items() if item.verified]
        return self.policy.facts_rested_on(self.policy.parse(self.facts), verified)

    @cached_property
    def stale(self) -> frozenset[str]:
        """Facts found out long before this application that may have changed, so they are asked again (四(三))."""
        begun = timezone.localdate(self.application.created_at)
        oldest = begun - timedelta(days=self.place.limit("fact_valid_days", on=begun))
        return frozenset(
            name
            for name, item in self.known.items()
            if not FACTS[name].lasting and item.value is not None and item.best.observed_on < oldest
        )

    @cached_property
    def unverified(self) -> list[str]:
        """The facts that affect the outcome and are not verified, or not recently (二(二))."""
        rests = self.rests_on
        always = self._unverified(rests["base"] | rests["exclusions"])
        if self.special_case_granted:
            return sorted(always)
        by_category = [self._unverified(rests[code]) for code in self.decision.categories]
        return sorted(always | min(by_category, key=len, default=set()))

    @cached_property
    def verified_categories(self) -> list[str]:
        """The categories that are true on verified facts and can be entered in 《就业创业证》."""
        if self.special_case_granted:
            return list(self.application.categories)
        return [code for code in self.decision.categories if not self._unverified(self.rests_on[code])]

    def _unverified(self, names: Iterable[str]) -> set[str]:
        return {name for name in names if name in self.known and (not self.known[name].verified or name in self.stale)}

    @cached_property
    def materials(self) -> list[Material]:
        return belonging(self.application, Material, "document", where="removed_at IS NULL")

    @cached_property
    def agent(self) -> Agent | None:
        """The person's agent, or None."""
        return next(iter(belonging(self.application, Agent)), None)

    @cached_property
    def required_materials(self) -> list["MaterialRequirement"]:
        """The materials required for its categories (二(一)), plus the agent's authorisation,
        plus the signed commitment if a program submitted it unsigned.
        """
        required = list(self.policy.materials_for(self.application.categories))
        if self.agent:
            required.append(AUTHORISATION)
        if self.unsigned:
            required.append(SIGNED_FORM)
        return required

    @property
    def unsigned(self) -> bool:
        """Whether it was submitted without a signature, neither online nor with a pen at the window."""
        return self.status == "submitted" and self.application.signed == {}

    @cached_property
    def missing_materials(self) -> list["MaterialRequirement"]:
        have = {material.kind for material in self.materials}
        return [requirement for requirement in self.required_materials if not have & set(requirement.any_of)]

    @cached_property
    def notices(self) -> list[PublicNotice]:
        return belonging(self.application, PublicNotice)

    @property
    def notice(self) -> PublicNotice | None:
        """The latest public notice, running or over."""
        return self.notices[-1] if self.notices else None

    @property
    def posted(self) -> PublicNotice | None:
        """The public notice running now."""
        return self.notice if self.notice and self.notice.taken_down_on is None else None

    @cached_property
    def objections(self) -> list[Objection]:
        return belonging_to_any(Objection, "notice_id", [notice.pk for notice in self.notices])

    @property
    def open_objections(self) -> list[Objection]:
        return [objection for objection in self.objections if objection.upheld is None]

    @cached_property
    def special_cases(self) -> list[SpecialCase]:
        found = belonging(self.application, SpecialCase)
        prefetch_related_objects(found, "opinions__reviewer")
        return found

    @property
    def open_special_case(self) -> SpecialCase | None:
        return next((s for s in self.special_cases if s.granted is None), None)

    @property
    def settled_special_case(self) -> SpecialCase | None:
        """The latest special case on which two reviewers agreed. It is binding either way (一(三))."""
        return next((s for s in reversed(self.special_cases) if s.granted is not None), None)

    @property
    def special_case_granted(self) -> bool:
        return bool(self.settled_special_case and self.settled_special_case.granted)

    @property
    def special_case_refused(self) -> bool:
        return bool(self.settled_special_case and not self.settled_special_case.granted)

    @cached_property
    def failing(self) -> list[Failing]:
        """The clauses on which the application can be refused today (`failing.failing`)."""
        return failing.failing(self)

    @cached_property
    def batch_opened_by(self) -> str:
        """The reviewer who first opened a case of this batch since it was reported; empty if none has."""
        batch = self.application.batch
        if batch is None:
            return ""
        files = [f"application:{number}" for number in batch.applications.values_list("number", flat=True)]
        looks = Look.objects.of(*files).filter(role=Role.REVIEWER, at__gte=batch.created_at).order_by("pk")
        return looks.values_list("actor_name", flat=True).first() or ""

    @cached_property
    def decisions(self) -> list[Decision]:
        return belonging(self.application, Decision)

    @property
    def returned_with(self) -> list[Failing]:
        """The clauses for which the county last returned the case; empty if it asked only for corrections (二(三))."""
        last = next((d for d in reversed(self.decisions) if d.action == "return"), None)
        return list(last.refusal.get("clauses", ())) if last else []

    @cached_property
    def basis_withdrawn(self) -> list[str]:
        """The names of the facts behind the refusal that a withdrawn file had stated;
        empty once there is a later decision.
        """
        if self.application.is_open or not self.decisions or not self.whole_file:
            return []
        taken_back = [fact for fact in self.recorded if fact.withdrawn_at]
        return labels(withdrawn_basis.refused_on(self.decisions[-1], taken_back))

    @cached_property
    def opinions(self) -> list[Opinion]:
        """The officers' opinions on the form with their agencies, oldest first."""
        return belonging(self.application, Opinion, "agency", "decision")

    @cached_property
    def sealed_forms(self) -> list[SealedForm]:
        """The sealed versions of the form, each with its opinion."""
        return belonging(self.application, SealedForm, "opinion")

    @property
    def days_left(self) -> int | None:
        """Working days left, negative after the limit; None if no limit runs."""
        if self.application.due_on is None or not self.application.is_open:
            return None
        return calendar.workdays_left(self.today, self.application.due_on)

    @property
    def overdue(self) -> bool:
        """Whether it is past its limit; for a finished case, whether it finished late."""
        due = self.application.due_on
        return due is not None and (self.application.finished_on or self.today) > due

    @property
    def notice_is_over(self) -> bool:
        """Whether its notice is over and only the signature is missing."""
        return self.status == "publishing" and bool(self.posted and self.today > self.posted.ends_on)

    @property
    def state_words(self) -> str:
        over = self.notice_is_over and not self.open_objections
        return say("公示已满，待签署") if over else self.application.state.label

    @cached_property
    def post_by(self) -> date | None:
        """The last day on which the notice can begin within the limit; None if no notice is to begin."""
        due = self.application.due_on
        days = self.place.limit_if_any("notice_working_days", on=self.today)
        if self.status != "accepted" or due is None or days is None:
            return None
        return on_time.post_by(due, days)

    @property
    def next_on(self) -> date | None:
        """The next day on which time alone changes something: the day from which a running notice can be endorsed."""
        if posted := self.posted:
            return posted.ends_on + timedelta(days=1)
        return self.application.due_on if self.application.is_open else None


@cache
def _family_categories(policy: str) -> dict[str, str]:
    return {one.code: one.title for one in registry.policy(policy).categories if FAMILY in reads(one.when)}


def _without_end(value: Any) -> Any:
    """Strip the final full stop, for use inside a sentence."""
    if isinstance(value, list):
        return "；".join(str(item).rstrip("。；") for item in value)
    return value.rstrip("。；") if isinstance(value, str) else value
