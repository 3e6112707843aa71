"""The assistance part of an offline visit (四(一)).

Drafts of interviews, offers, answers and follow-ups become those acts when a clerk confirms the visit.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from typing import Any

from django.db.models import Exists, OuterRef

from jiuyuan import clock
from jiuyuan.agencies.models import User
from jiuyuan.assistance import queries, wish_rows
from jiuyuan.assistance.follow_up_workflow import AHEAD, BEGINS, FOLLOW_UP, FOLLOWED, next_step
from jiuyuan.assistance.interview_workflow import INTERVIEW, WISHES
from jiuyuan.assistance.models import Ability, BestMatch, Interview, JobOffer, Kind, Plan, Vacancy, WhyNot
from jiuyuan.assistance.offer_workflow import OFFER
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions import visiting
from jiuyuan.recognitions.models import Recognition, Visit
from jiuyuan.refusals import BadInput, NotFound, Refusal
from jiuyuan.wording import for_record, say

Said = Mapping[str, Any]
#: The names of a visit's notes: the interview, an offer by vacancy key, an answer by offer key, a follow-up by the
#: key of what it belongs to.
TALK = "interview"
_NAME = re.compile(rf"{TALK}|(?:offer|answer)-[0-9]{{1,18}}|follow_up-(?:{'|'.join(FOLLOWED)})-[0-9]{{1,18}}")
_VACANCIES = 3  # per person with an active plan
_LONGEST = 12_000  # characters of all assistance notes of a visit
_FIELDS: Mapping[str, frozenset[str]] = {
    TALK: frozenset({*WISHES, "ability", "services_wanted", "note"}),
    "offer": frozenset({"told", "suitable_because"}),
    "answer": frozenset({"answer", "reason", "words"}),
    "follow_up": frozenset({"working", "wage_paid", "insured", "note"}),
}
#: The states in which something is followed up.
_GOES_ON = ("taken_on", "on_post", "finished", "registered", "alive_half_year", "alive_year")


def carried(people: Sequence[Person]) -> dict[int, dict[str, Any]]:
    """For each person on the register, the state of assistance (`now`) and the open questions (`asked`),
    without health data.
    """
    stays = {
        stay.pk: stay
        for stay in Recognition.objects.unscoped().filter(person__in=people, status=Recognition.Status.ACTIVE)
    }
    found: dict[int, dict[str, Any]] = {stay.person_id: {"now": [], "asked": []} for stay in stays.values()}
    of_one: Callable[[Any], dict[str, Any]] = lambda row: found[stays[row.recognition_id].person_id]  # noqa: E731
    plans = Plan.objects.unscoped().filter(recognition__in=stays, status__in=[Plan.Status.DRAFT, Plan.Status.ACTIVE])
    for plan in plans.prefetch_related("measures"):
        of_one(plan)["now"].append(say("计划：{goal}", goal=plan.goal))
        of_one(plan)["now"] += [
            f"{Kind(one.kind).label}：{one.what}（{one.get_status_display()}）" for one in plan.measures.all()
        ]
    talks = Interview.objects.unscoped().filter(recognition__in=stays).order_by("recognition", "on", "pk")
    for talk in {one.recognition_id: one for one in talks}.values():
        of_one(talk)["now"] += [f"{label}：{words}" for label, words in wish_rows.of_wishes(talk)]
    today = clock.today()
    offers = JobOffer.objects.unscoped().filter(recognition__in=stays, status="given", answer_by__gte=today)
    for offer in offers.order_by("pk"):
        words = say("介绍的岗位：{job}，{day:date}前答复", job=str(offer), day=offer.answer_by)
        of_one(offer)["asked"].append({"name": f"answer-{offer.pk}", "words": words})
    for best in _to_offer(list(stays), today):
        words = say("可以介绍的岗位：{employer} {job}", employer=best.vacancy.employer.name, job=best.vacancy.title)
        of_one(best)["asked"].append({"name": f"offer-{best.vacancy_id}", "words": words})
    for column, model in FOLLOWED.items():
        begun = {f"{BEGINS[column]}__lte": today}
        rows: Any = model.objects.unscoped().filter(recognition__in=stays, status__in=_GOES_ON, **begun)
        for row in rows.select_related("recognition__person").order_by("pk"):
            step = next_step(row, today)
            if step is not None and step[1] - AHEAD <= today:
                words = say("跟踪回访：{what}", what=str(row))
                of_one(row)["asked"].append({"name": f"follow_up-{column}-{row.pk}", "words": words})
    return found


def _to_offer(stays: Sequence[int], today: date) -> Iterator[BestMatch]:
    """The best open vacancies of people with active plans, by the last nightly run, that were not offered yet."""
    plans = Plan.objects.unscoped().filter(recognition=OuterRef("recognition"), status=Plan.Status.ACTIVE)
    given = JobOffer.objects.unscoped().filter(recognition=OuterRef("recognition"), vacancy=OuterRef("vacancy"))
    rows = BestMatch.objects.unscoped().filter(Exists(plans), ~Exists(given), recognition__in=stays).exclude(fits=False)
    rows = rows.filter(vacancy__in=queries.open_to_all().values("pk")).select_related("vacancy__employer")
    for _, best in groupby(rows.order_by("recognition", "place"), lambda one: one.recognition_id):
        yield from islice(best, _VACANCIES)


def wrong(help: Said) -> list[tuple[str, str]]:
    """What cannot be parsed at all; whether it can be done is checked when the visit is confirmed."""
    if len(json.dumps(help, ensure_ascii=False)) > _LONGEST:
        return [("help", say("帮扶方面写得太多，请写短一些。"))]
    errors = []
    for name, said in help.items():
        known = _FIELDS.get(name.split("-")[0], frozenset()) if _NAME.fullmatch(name) else frozenset()
        if not isinstance(said, Mapping) or not said or not known.issuperset(said):
            errors.append((name[:60], say("帮扶方面收到的内容不完整，请更新页面后再发送一次，草稿不会丢。")))
        elif name == TALK and not said.get("ability"):
            errors.append((name, say("谈了话的，请选就业能力，可以选几项。")))
        elif said.get("answer") == "declined" and not said.get("reason"):
            errors.append((name, say("觉得岗位不合适的，请选为什么。")))
        elif name.startswith("offer") and said.get("told") != "true":
            errors.append((name, say("写了为什么合适的，请选“介绍了”。")))
        elif name.startswith("answer") and not said.get("answer"):
            errors.append((name, say("岗位的答复请选“想试试”或“不合适”。")))
        elif name.startswith("follow_up") and not said.get("working"):
            errors.append((name, say("跟踪回访请选现在有没有工作。")))
    return errors


def take(user: User, visit: Visit, left: Collection[str]) -> list[str]:
    """Perform the acts noted in a visit, except `left`.

    All or none: raises `BadInput` naming what is no longer possible.
    """
    errors, done = [], []
    for name, said in _in_order(visit):
        if name in left:
            continue
        try:
            _do(user, visit, name, said)
        except Refusal as refusal:
            why = "".join(message for _, message in refusal.errors) or refusal.title
            errors.append((name, say("{label}：{why}不采用的，请勾选。", label=_label(visit, name), why=why)))
        else:
            done.append(name)
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return done


def _in_order(visit: Visit) -> list[tuple[str, Any]]:
    """The interview first, then the others by name, because databases do not keep the order of keys."""
    return sorted(visit.help.items(), key=lambda one: (one[0] != TALK, one[0]))


def _do(user: User, visit: Visit, name: str, said: Said) -> None:
    if name == TALK:
        stay = (
            Recognition.objects.visible_to(user).filter(person=visit.person, status=Recognition.Status.ACTIVE).first()
        )
        if stay is None:
            raise NotFound(say("这个人已经不在册。"))
        wishes = {one: said[one] for one in WISHES if one in said}
        rest = {one: value for one, value in said.items() if one not in WISHES}
        held = {"on": visit.visited_on, "means": Interview.Means.VISIT.value, "wishes": wishes, **rest}
        engine.act(user, INTERVIEW, stay.pk, "interview", held)
        return
    model, key = _of(name)
    if name.startswith("offer"):
        plan = Plan.objects.visible_to(user).filter(recognition__person=visit.person, status=Plan.Status.ACTIVE).first()
        if plan is None:
            raise NotFound(say("这个人没有进行中的帮扶计划，不能介绍岗位。"))
        more = {one: said[one] for one in ("suitable_because",) if one in said}
        given = {
            "vacancy": key,
            "means": JobOffer.By.COUNTER.value,
            "on": visit.visited_on,
            "proof": for_record("走访时当面介绍"),
            **more,
        }
        engine.act(user, OFFER, plan.pk, "offer", given)
        return
    if not model.objects.unscoped().filter(pk=key, recognition__person=visit.person_id).exists():
        raise NotFound(say("这不是这个人的。"))
    if name.startswith("answer"):
        engine.act(user, OFFER, key, "answer", dict(said))
    else:
        column = name.split("-")[1]
        engine.act(user, FOLLOW_UP, (column, key), "follow_up", {"on": visit.visited_on, "means": "visit", **said})


def _of(name: str) -> tuple[Any, int]:
    """The model and key of what an offer, answer or follow-up belongs to."""
    kind, *column, key = name.split("-")
    return {"offer": Vacancy, "answer": JobOffer}.get(kind) or FOLLOWED[column[0]], int(key)


def rows(visit: Visit) -> list[tuple[str, str, str]]:
    """The notes of a visit for the page on which it is confirmed: name, label, words."""
    return [(name, _label(visit, name), "；".join(_words(said))) for name, said in _in_order(visit)]


def _label(visit: Visit, name: str) -> str:
    if name == TALK:
        return say("访谈")
    model, key = _of(name)
    rows = model.objects.unscoped().filter(pk=key)
    row = (rows if model is Vacancy else rows.filter(recognition__person=visit.person_id)).first()
    kind = {"answer": say("岗位答复"), "offer": say("介绍岗位")}.get(name.split("-")[0]) or say("跟踪回访")
    return f"{kind} {row}" if row is not None else kind


def _words(said: Said) -> Iterator[str]:
    labels: Mapping[str, Callable[[], str]] = {
        "ability": lambda: "、".join(Ability(one).label for one in said["ability"]),
        "services_wanted": lambda: "、".join(Kind(one).label for one in said["services_wanted"]),
        "hours": lambda: str(Vacancy.Hours(said["hours"]).label),
        "lowest_pay": lambda: say("每月{value}元", value=said["lowest_pay"]),
        "told": lambda: say("当面介绍了"),
        "answer": lambda: say("想试试") if said["answer"] == "interested" else say("不合适"),
        "reason": lambda: str(WhyNot(said["reason"]).label),
        "working": lambda: say("有工作") if said["working"] == "true" else say("没有工作"),
        "wage_paid": lambda: say("工资按时发") if said["wage_paid"] == "true" else say("工资没有按时发"),
        "insured": lambda: say("缴了社会保险") if said["insured"] == "true" else say("没有缴社会保险"),
    }
    for name, value in said.items():
        try:
            yield labels[name]() if name in labels else str(value).replace("\n", "、")
        except (KeyError, ValueError, TypeError):
            yield str(value)  # an unknown word is shown as it is, and refused on confirmation


visiting.HELP.append(visiting.BroughtHelp(wrong, take))
