"""Families without work (一(一)4): computed from the household, certified by the county,
cleared when a member works.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import cached_property

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import RIGHTS, Right
from jiuyuan.people import facts as standing_facts
from jiuyuan.people import id_numbers
from jiuyuan.people.about import About, Somebody, visible_person
from jiuyuan.people.models import FamilyCertification, HouseholdMember, Person, Source
from jiuyuan.people.services import record_facts
from jiuyuan.procedures import engine
from jiuyuan.procedures.context import Concerned
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by
from jiuyuan.refusals import Conflict
from jiuyuan.regions import registry
from jiuyuan.rules.answers import Ruling
from jiuyuan.rules.policy import Policy
from jiuyuan.wording import say


@dataclass(frozen=True)
class FamilyMember:
    """A member as the rule sees them. `without_work` is None if unknown; outside working age it does not matter."""

    name: str
    relation: str
    person: Person | None
    of_working_age: bool | None
    without_work: bool | None
    why: str


@dataclass(frozen=True)
class Family:
    members: tuple[FamilyMember, ...]

    @property
    def without_work(self) -> bool | None:
        """Whether every member of working age is registered as unemployed and has neither job nor business;
        None if unknown.
        """
        answers = [m.without_work for m in self.members if m.of_working_age is not False]
        if any(m.of_working_age and m.without_work is False for m in self.members):
            return False
        if None in answers or any(m.of_working_age is None for m in self.members):
            return None
        return bool(answers) and all(answers)

    @property
    def open_questions(self) -> tuple[str, ...]:
        return tuple(f"{m.name}：{m.why}" for m in self.members if m.of_working_age is not False and not m.without_work)


def family_of(person: Person, today: date | None = None) -> Family:
    """A person's household, with the data of each member who has a file."""
    day = today or clock.today()
    rules = registry.policy_of(person.area, day)
    return Family((_on_file(rules, person, say("本人"), day), *(member for _, member in others_of(person, day))))


def others_of(person: Person, today: date | None = None) -> list[tuple[HouseholdMember, FamilyMember]]:
    """The other members of a household, each row with what is known."""
    day = today or clock.today()
    rows = [row for row in person.household.all() if not row.id_index or row.id_index != person.id_index]
    indexes = [row.id_index for row in rows if row.id_index]
    found = {p.id_index: p for p in Person.objects.unscoped().filter(id_index__in=indexes)} if indexes else {}
    rules = registry.policy_of(person.area, day)
    return [(row, _member(rules, row, found.get(row.id_index), day)) for row in rows]


def _member(rules: Policy, row: HouseholdMember, person: Person | None, day: date) -> FamilyMember:
    if person is not None:
        return _on_file(rules, person, row.relation, day)
    if not row.id_number:
        return FamilyMember(row.name, row.relation, None, None, None, say("没有登记身份证号码，不能核对"))
    number = id_numbers.parse(row.id_number, day)
    decision = _decided(rules, {"birth_date": number.birth_date.isoformat(), "sex": number.sex}, day)
    age = _status(decision, "working_age")
    return FamilyMember(row.name, row.relation, None, age, None, say("没有失业登记和就业情况的记录"))


def _on_file(rules: Policy, person: Person, relation: str, day: date) -> FamilyMember:
    decision = _decided(rules, standing_facts.values(standing_facts.standing(person.facts.all())), day)
    age = _status(decision, "working_age")
    registered = _status(decision, "registered_unemployed")
    working = [_status(decision, code) for code in ("employed", "business")]
    if registered is False or True in working:
        said = zip((say("有工作"), say("有经营"), say("没有失业登记")), (*working, registered is False), strict=True)
        without, why = False, "、".join(word for word, so in said if so)
    elif registered is None or None in working:
        without, why = None, say("失业登记、就业或经营情况还没有核实")
    else:
        without, why = True, say("登记失业，没有就业和经营")
    return FamilyMember(person.name, relation, person, age, without, why)


def _decided(rules: Policy, facts: dict[str, Any], day: date) -> Ruling:
    return rules.decide(rules.parse({**facts, "as_of": day.isoformat()}))


def _status(decision: Ruling, code: str) -> bool | None:
    return next((clause.status for clause in decision.clauses if clause.code == code), None)


class FamilyContext(About):
    """A household is the matter of all its members: nobody decides on their own or a declared relative's."""

    @property
    def concerned(self) -> list[Concerned]:
        certified = [m["person"] for m in self.subject.members if m["person"]] if self.subject else []
        members = Person.objects.unscoped().filter(pk__in=certified)
        return [self.person, *members, *(Somebody(row.id_index) for row in self.person.household.all() if row.id_index)]

    @cached_property
    def family(self) -> Family:
        return family_of(self.person)

    def move(self, final: bool) -> None:
        if final:
            self.subject.cleared_on = self.today

    def payload(
        self, transition: Transition, said: dict[str, Any], more: dict[str, Any], moved: bool
    ) -> dict[str, Any]:
        return {"certification": self.subject.pk, **said, **more}


def _not_without_work(context: FamilyContext) -> str | None:
    if context.family.without_work is True:
        return None
    return say(
        "还不能认定为零就业家庭：{open_questions}。",
        open_questions="；".join(context.family.open_questions) or say("没有劳动年龄内的成员"),
    )


def _certify(context: FamilyContext, said: dict[str, Any]) -> dict[str, Any]:
    """Record the fact with its evidence for every member with a file and of working age."""
    user, person, today = context.user, context.person, context.today
    assert user is not None
    days = registry.region_of(person.area).limit("zero_employment_clearing_days", on=today)
    context.subject = certification = FamilyCertification(
        person=person,
        members=[
            {"name": m.name, "relation": m.relation, "person": m.person.pk if m.person else None}
            for m in context.family.members
        ],
        ground=said["ground"],
        **by(context, FamilyCertification, "certified"),
        due_on=today + timedelta(days=days),
    )
    try:
        with transaction.atomic():
            certification.save(force_insert=True)
    except IntegrityError:
        raise Conflict(say("这个家庭已认定为零就业家庭，还没有清零。")) from None
    _tell_files(context, True, say("{today:date}零就业家庭认定：{ground}", today=today, ground=said["ground"]))
    return {"due_on": certification.due_on}


def _clear(context: FamilyContext, said: dict[str, Any]) -> None:
    """Clear a family: a member works, or the certificate was wrong."""
    context.subject.cleared_because = said["because"]
    _tell_files(
        context, False, say("{today:date}零就业家庭清零：{because}", today=context.today, because=said["because"])
    )


def clear_where_somebody_works(day: date) -> int:
    """Clear certified families with a member in work; part of the nightly run. Returns how many."""
    cleared = 0
    for certification in FamilyCertification.objects.unscoped().filter(cleared_on=None).select_related("person"):
        family = family_of(certification.person, day)
        if family.without_work is False:
            at_work = "、".join(m.name for m in family.members if m.of_working_age and m.without_work is False)
            because = say("{at_work}已有工作、经营或不再登记失业", at_work=at_work)[:400]
            engine.act(None, FAMILY, certification.pk, "clear", {"because": because}, machine="night")
            cleared += 1
    return cleared


def _tell_files(context: FamilyContext, value: bool, evidence: str) -> None:
    keys = [member["person"] for member in context.subject.members if member["person"]]
    for person in Person.objects.unscoped().filter(pk__in=keys):
        record_facts(
            context.actor,
            person,
            {"zero_employment_family": value},
            source=Source.DOCUMENT,
            evidence=evidence[:400],
            settlement=evidence[:400],
            by_act=True,
        )


def _door(user: User | None, key: Any, transition: Transition) -> FamilyContext:
    if transition.begins:
        return FamilyContext(None, user, visible_person(user, key))
    certification = locked(in_sight(FamilyCertification, user).select_related("person"), key, "没有这个零就业家庭。")
    return _hold(certification, user)


def _hold(row: Person | FamilyCertification, user: User | None) -> FamilyContext:
    return FamilyContext(None, user, row) if isinstance(row, Person) else FamilyContext(row, user, row.person)


_COUNTY = RIGHTS[Right.DECIDE_EXITS]
FAMILY = register(
    Workflow(
        "family",
        "这个零就业家庭",
        FamilyCertification,
        _door,
        _hold,
        Vocabulary(
            {"certify": _certify, "clear": _clear},
            {"nobody_works": Guard("nobody_works", "guard", _not_without_work)},
        ),
    )
)
FAMILY.add(
    Procedure(
        (State("certified", "已认定，没有清零"), State("cleared", "已清零", final=True)),
        (
            Transition(
                "certify",
                "认定零就业家庭",
                frozenset(),
                ("certified",),
                _COUNTY,
                needs=(Need("ground", "依据", longest=400, empty="请写明怎样核实全家的就业情况，最多400字。"),),
                guards=("nobody_works",),
                not_yours="零就业家庭由县（市、区）公共就业服务机构认定。",
                done="认定为零就业家庭",
                record="family_certified",
            ),
            Transition(
                "clear",
                "零就业家庭清零",
                frozenset({"certified"}),
                ("cleared",),
                _COUNTY,
                needs=(Need("because", "原因", longest=400, empty="请写明谁在哪一天实现就业，或为什么不再符合。"),),
                machines=frozenset({"night"}),
                not_yours="零就业家庭由县（市、区）公共就业服务机构清零。",
                done="零就业家庭清零",
                record="family_cleared",
            ),
        ),
    )
)
