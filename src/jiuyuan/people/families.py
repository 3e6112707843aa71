"""Families with nobody in work (一(一)4): computed from the household, certified by the county, cleared when one works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.history import services as history
from jiuyuan.people import facts as standing_facts
from jiuyuan.people import id_numbers
from jiuyuan.people.changes import FamilyCertification
from jiuyuan.people.models import HouseholdMember, Person, Source
from jiuyuan.people.services import record_facts
from jiuyuan.procedures.own_matter import refuse, refuse_numbers
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotForRole, NotFound, WrongState
from jiuyuan.rules import parameters, policy
from jiuyuan.rules.answers import Decision


@dataclass(frozen=True)
class Member:
    """One member as the question looks at them. `without_work` is None while it is not known, and does not matter
    outside working age."""

    name: str
    relation: str
    person: Person | None
    of_working_age: bool | None
    without_work: bool | None
    why: str


@dataclass(frozen=True)
class Family:
    members: tuple[Member, ...]

    @property
    def without_work(self) -> bool | None:
        """Every member of working age registered as unemployed and nobody in work or business; None while unknown."""
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
    """The household of a person, each member looked up in their own file where they have one."""
    day = today or clock.today()
    rows = list(person.household.all())
    found = {
        p.id_index: p for p in Person.objects.unscoped().filter(id_index__in=[r.id_index for r in rows if r.id_index])
    }
    others = [_member(row, found.get(row.id_index), day) for row in rows if row.id_index != person.id_index]
    return Family((_on_file(person, "本人", day), *others))


def _member(row: HouseholdMember, person: Person | None, day: date) -> Member:
    if person is not None:
        return _on_file(person, row.relation, day)
    if not row.id_number:
        return Member(row.name, row.relation, None, None, None, "没有登记身份证号码，不能核对")
    number = id_numbers.parse(row.id_number, day)
    decision = _decided({"birth_date": number.birth_date.isoformat(), "sex": number.sex}, day)
    age = _status(decision, "working_age")
    return Member(row.name, row.relation, None, age, None, "没有失业登记和就业情况的记录")


def _on_file(person: Person, relation: str, day: date) -> Member:
    decision = _decided(standing_facts.values(standing_facts.standing(person.facts.all())), day)
    age = _status(decision, "working_age")
    registered = _status(decision, "registered_unemployed")
    working = [_status(decision, code) for code in ("employed", "business")]
    if registered is False or True in working:
        without, why = False, "有工作、有经营，或没有失业登记"
    elif registered is None or None in working:
        without, why = None, "失业登记、就业或经营情况还没有核实"
    else:
        without, why = True, "登记失业，没有就业和经营"
    return Member(person.name, relation, person, age, without, why)


def _decided(facts: dict[str, Any], day: date) -> Decision:
    rules = policy.load(policy.DEFAULT)
    return rules.decide(rules.parse({**facts, "as_of": day.isoformat()}))


def _status(decision: Decision, code: str) -> bool | None:
    return next(clause.status for clause in decision.clauses if clause.code == code)


@transaction.atomic
def certify(user: User, person_id: int, *, ground: str) -> FamilyCertification:
    """The county certifies, and every member on file and of working age carries the fact with its evidence."""
    person = Person.objects.visible_to(user).select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound("没有这个人的档案。")
    if not user.may(Right.DECIDE_EXITS):
        raise NotForRole("零就业家庭由县（市、区）公共就业服务机构认定。")
    _refuse_own_family(user, person)
    if not ground.strip() or len(ground) > 400:
        raise BadInput("请写明依据。", [("ground", "请写明怎样核实全家的就业情况，最多400字。")])
    family = family_of(person)
    if family.without_work is not True:
        raise GuardNotMet(f"还不能认定为零就业家庭：{'；'.join(family.open_questions) or '没有劳动年龄内的成员'}。")
    days = parameters.limit("zero_employment_clearing_days", on=clock.today())
    try:
        with transaction.atomic():
            certification = FamilyCertification.objects.create(
                person=person,
                members=[
                    {"name": m.name, "relation": m.relation, "person": m.person.pk if m.person else None}
                    for m in family.members
                ],
                ground=ground.strip(),
                certified_on=clock.today(),
                certified_by_name=user.name,
                due_on=clock.today() + timedelta(days=days),
            )
    except IntegrityError:
        raise Conflict("这个家庭已认定为零就业家庭，还没有清零。") from None
    _tell_files(certification, user, True, f"{clock.today()} 零就业家庭认定：{ground.strip()}")
    said = {"certification": certification.pk, "ground": ground, "due_on": certification.due_on}
    history.append(person.file, user.actor, "family_certified", said, person.area)
    return certification


@transaction.atomic
def clear(user: User | None, pk: int, *, because: str) -> FamilyCertification:
    """Somebody of the family works, or it was wrong. `user` None is the nightly run."""
    rows = FamilyCertification.objects.unscoped() if user is None else FamilyCertification.objects.visible_to(user)
    certification = rows.select_related("person").select_for_update(of=("self",)).filter(pk=pk).first()
    if certification is None:
        raise NotFound("没有这个零就业家庭。")
    if user is not None and not user.may(Right.DECIDE_EXITS):
        raise NotForRole("零就业家庭由县（市、区）公共就业服务机构清零。")
    if certification.cleared_on is not None:
        raise WrongState("这个家庭已经清零。", status="cleared", actions=[])
    if user is not None:
        _refuse_own_family(user, certification.person, [m["person"] for m in certification.members if m["person"]])
    if not because.strip():
        raise BadInput("请写明原因。", [("because", "请写明谁在哪一天实现就业，或为什么不再符合。")])
    certification.cleared_on, certification.cleared_because = clock.today(), because.strip()[:400]
    certification.save()
    _tell_files(certification, user, False, f"{clock.today()} 零就业家庭清零：{because.strip()}")
    actor = user.actor if user else history.SYSTEM
    said = {"certification": certification.pk, "because": because}
    history.append(certification.person.file, actor, "family_cleared", said, certification.person.area)
    return certification


def _refuse_own_family(user: User, person: Person, certified: Sequence[int] = ()) -> None:
    """Nobody decides about a household that they, or a relative whom they declared, belong to."""
    members = Person.objects.unscoped().filter(pk__in=certified)
    refuse(user, person, *members)
    refuse_numbers(user, [row.id_index for row in person.household.all()])


def clear_where_somebody_works(day: date) -> int:
    """The nightly look at certified families: one member in work clears the family. Returns how many."""
    cleared = 0
    for certification in FamilyCertification.objects.unscoped().filter(cleared_on=None).select_related("person"):
        family = family_of(certification.person, day)
        if family.without_work is False:
            at_work = "、".join(m.name for m in family.members if m.of_working_age and m.without_work is False)
            clear(None, certification.pk, because=f"{at_work}已有工作、经营或不再登记失业")
            cleared += 1
    return cleared


def _tell_files(certification: FamilyCertification, user: User | None, value: bool, evidence: str) -> None:
    actor = user.actor if user else history.SYSTEM
    keys = [member["person"] for member in certification.members if member["person"]]
    for person in Person.objects.unscoped().filter(pk__in=keys):
        record_facts(
            actor,
            person,
            {"zero_employment_family": value},
            source=Source.DOCUMENT,
            evidence=evidence[:400],
            settlement=evidence[:400],
            by_act=True,
        )
