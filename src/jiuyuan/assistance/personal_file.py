"""一人一册 (四(一)): 基本信息, 求职意愿, 服务需求, 帮扶次数, 政策享受 of a person, and the timeline."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import Right
from jiuyuan.assistance import wish_rows
from jiuyuan.assistance.models import Enrolment, Interview, JobOffer, Measure, Placement, Plan, Venture
from jiuyuan.assistance.queries import sees_health
from jiuyuan.people.models import Person
from jiuyuan.printing.booklet import BookletData, BookletSection, booklet_pdf
from jiuyuan.recognitions.models import Recognition, Visit
from jiuyuan.recognitions.queries import category_of
from jiuyuan.wording import in_words, say


@dataclass(frozen=True)
class Event:
    """An event in a person's history. `service`: it counts as assistance."""

    day: date
    what: str
    words: str
    service: bool = False


@dataclass(frozen=True)
class PersonalFile:
    """The personal file. `counts`: services by kind; two on one day count once. `events`: latest first."""

    person: Person
    stays: Sequence[Recognition]
    basic: Sequence[tuple[str, str]]
    wishes: Sequence[tuple[str, str]]
    services: str
    counts: Sequence[tuple[str, str]]
    policies: Sequence[tuple[str, str]]
    events: Sequence[Event]


def personal_file(user: User, person: Person, *, whole: bool = False) -> PersonalFile:
    """The part that the user may see of a person whose file was opened. `whole`: including sensitive data."""
    stays = list(Recognition.objects.visible_to(user).filter(person=person).order_by("-recognised_on", "-pk"))
    talks = list(Interview.objects.visible_to(user).filter(recognition__person=person).order_by("-on", "-pk"))
    last = talks[0] if talks else None
    wishes = wish_rows.of_wishes(last) if last else []
    if last and (able := next((wish_rows.of_abilities(one) for one in talks if one.ability), "")):
        wishes = [(say("就业能力"), able), *wishes]
    limits = next((one.limits for one in talks if one.limits), "")
    if not user.may(Right.RECORD_FACTS):
        wishes = [row for row in wishes if row[0] != say("家里要照顾的情况")]
    plan = Plan.objects.visible_to(user).filter(recognition__person=person, status__in=["draft", "active"]).first()
    if whole and limits and stays and sees_health(user, stays[0], plan):
        wishes.append((say("健康方面的限制"), limits))
    events = sorted(_events(user, person, stays, talks), key=lambda one: one.day, reverse=True)
    return PersonalFile(
        person, stays, _basic(person, stays, whole), wishes, wish_rows.of_services(last) if last else "", _counts(events), _policies(user, person),
        events,
    )  # fmt: skip


def _basic(person: Person, stays: Sequence[Recognition], whole: bool) -> list[tuple[str, str]]:
    stay = stays[0] if stays else None
    rows = [
        (say("姓名"), person.name),
        (say("性别"), person.get_sex_display()),
        (say("身份证号码"), person.id_number if whole else person.masked_id_number),
        (say("电话"), person.phone if whole else person.masked_phone),
        (say("常住地址"), person.address if whole else ""),
        (say("常住地平台"), person.agency.name),
        (say("人员类别"), category_of(stay) if stay else ""),
        (say("认定"), f"{stay.number} {in_words(stay.recognised_on)} {stay.get_status_display()}" if stay else ""),
    ]
    return [(label, str(value)) for label, value in rows if value]


def _events(user: User, person: Person, stays: Sequence[Recognition], talks: Sequence[Interview]) -> Iterator[Event]:
    for stay in stays:
        yield Event(stay.recognised_on, say("认定"), f"{stay.number} {category_of(stay)}")
        if stay.ended_on:
            yield Event(stay.ended_on, say("退出"), stay.number)
    for talk in talks:
        held = talk.status == Interview.Status.HELD
        said = f"{talk.get_means_display()} {talk.held_by_name}" if held else ""
        yield Event(talk.on, say("访谈") if held else say("本人填写意愿"), said, service=held)
    plans = Plan.objects.visible_to(user).filter(recognition__person=person).select_related("helper")
    for plan in plans:
        yield Event(plan.made_on, say("制定帮扶计划"), say("{goal}帮扶人{name}", goal=plan.goal, name=plan.helper.name))
        if plan.reviewed_on:
            yield Event(plan.reviewed_on, say("检查进展"), plan.result, service=True)
        if plan.ended_on:
            yield Event(plan.ended_on, say("结束计划"), plan.result)
    measures = Measure.objects.visible_to(user).filter(plan__in=plans).exclude(ended_on=None)
    for measure in measures:
        done = measure.status == Measure.Status.DONE
        yield Event(measure.ended_on, measure.get_kind_display(), f"{measure.what}：{measure.result}", service=done)
    for offer in JobOffer.objects.visible_to(user).filter(recognition__person=person):
        yield Event(offer.offered_on, say("介绍岗位"), f"{offer} {offer.get_status_display()}", service=True)
    yield from _placements(user, person)
    yield from _training(user, person)
    for visit in Visit.objects.unscoped().filter(person=person, status=Visit.Status.CONFIRMED):
        at_home = say("家中无人") if visit.nobody_home else visit.wanted
        yield Event(
            visit.visited_on, say("入户走访"), f"{visit.by_name} {at_home}".strip(), service=not visit.nobody_home
        )


def _placements(user: User, person: Person) -> Iterator[Event]:
    rows = Placement.objects.visible_to(user).filter(recognition__person=person).select_related("post__employer")
    for placement in rows:
        yield Event(placement.proposed_on, say("提出公益性岗位安置"), f"{placement}", service=True)
        if placement.begins_on:
            term = say("合同到{until:date}", until=placement.until)
            yield Event(placement.begins_on, say("公益性岗位上岗"), f"{placement} {term}")
        if placement.ended_on:
            yield Event(placement.ended_on, say("离开公益性岗位"), placement.get_ending_display())


def _training(user: User, person: Person) -> Iterator[Event]:
    for seat in Enrolment.objects.visible_to(user).filter(recognition__person=person).select_related("course"):
        yield Event(seat.enrolled_on, say("报培训班"), str(seat.course), service=True)
        if seat.ended_on:
            yield Event(seat.ended_on, seat.get_status_display(), f"{seat.course.title} {_result(seat)}")
    for venture in Venture.objects.visible_to(user).filter(recognition__person=person):
        yield Event(venture.begun_on, say("创业想法"), venture.idea)
        for advice in venture.advice:
            words = "、".join(Venture.Service(code).label for code in advice["services"])
            yield Event(date.fromisoformat(advice["on"]), say("创业指导"), words, service=True)
        if venture.registered_on:
            yield Event(venture.registered_on, say("办了营业执照"), venture.business_name)
        if venture.ended_on:
            yield Event(venture.ended_on, say("创业结束"), venture.reason)


def _result(seat: Enrolment) -> str:
    if seat.passed is None:
        return seat.dropped_because
    return say("合格 {no}", no=seat.certificate_no) if seat.passed else say("没有合格")


def _counts(events: Sequence[Event]) -> list[tuple[str, str]]:
    services = [event for event in events if event.service]
    if not services:
        return []
    kinds = dict.fromkeys(event.what for event in services)
    days = len({event.day for event in services})
    counted = [(kind, say("{count}次", count=sum(event.what == kind for event in services))) for kind in kinds]
    return [(say("共帮扶"), say("{count}次（同一天的算一次）", count=days)), *counted]


NO_POLICIES = "还没有在这里申请过政策。"
_SAID_BY: list[Callable[[User, Person], Sequence[tuple[str, str]]]] = []


def policies_from(said_by: Callable[[User, Person], Sequence[tuple[str, str]]]) -> None:
    """Register the function that lists the subsidies a person received, as a user may see them. At start only."""
    _SAID_BY.append(said_by)


def _policies(user: User, person: Person) -> list[tuple[str, str]]:
    return [row for said_by in _SAID_BY for row in said_by(user, person)]


def personal_file_pdf(user: User, person: Person, today: date, *, whole: bool = False) -> bytes:
    """The file as a PDF, without sensitive data unless `whole`."""
    kept = personal_file(user, person, whole=whole)
    left_out = say("不含完整号码、住址和健康信息。") if not whole else say("含敏感信息，请妥善保管。")
    sections = (
        BookletSection(title=say("基本信息"), rows=kept.basic),
        BookletSection(title=say("求职意愿"), rows=kept.wishes, empty=say("还没有谈过。")),
        BookletSection(
            title=say("服务需求"), rows=[(say("想要的服务"), kept.services)] if kept.services else [], empty=say("还没有写。")
        ),
        BookletSection(title=say("帮扶次数"), rows=kept.counts, empty=say("还没有帮扶过。")),
        BookletSection(title=say("政策享受"), rows=kept.policies, empty=say(NO_POLICIES)),
    )  # fmt: skip
    return booklet_pdf(
        BookletData(
            title=say("就业困难人员一人一册"), note=left_out, agency=person.agency.name, day=today, sections=sections,
            events=[(event.day.isoformat(), event.what, event.words) for event in kept.events],
        )
    )  # fmt: skip
