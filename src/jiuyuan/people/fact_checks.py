"""Checks before a fact is recorded: whether its value is possible, and whether its source can know it (一(三))."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from django.db.models import Model

from jiuyuan import clock
from jiuyuan.agencies.roles import STAFF, Role
from jiuyuan.blanks import says_nothing
from jiuyuan.history.services import Actor
from jiuyuan.people import facts as standing_facts
from jiuyuan.people.facts import Standing
from jiuyuan.people.models import Document, Fact, Person, Source
from jiuyuan.refusals import BadInput, NotForRole
from jiuyuan.regions import registry
from jiuyuan.rules import facts as rule_facts
from jiuyuan.rules.departments import DEPARTMENTS, department_of
from jiuyuan.rules.facts import FACTS
from jiuyuan.rules.possible_days import impossible_days, why_impossible
from jiuyuan.wording import say

_PHOTOGRAPH = "site_visit_photo"


_LARGEST_SUM = 10**10  # the largest value of the column in `KnownFacts`


class HowKnown(TypedDict):
    """The origin of facts as stated by the user. `observed_on` is the day to which the source refers."""

    source: str
    evidence: NotRequired[str]
    department: NotRequired[str]
    observed_on: NotRequired[date | None]
    settlement: NotRequired[str]


def check_facts(
    actor: Actor,
    person: Person,
    values: Mapping[str, Any],
    known: dict[str, Standing],
    *,
    source: str,
    evidence: str = "",
    department: str = "",
    document: Document | None = None,
    observed_on: date | None = None,
    settlement: str = "",
    by_act: bool = False,
) -> dict[str, Any]:
    """The values stated by a source, without empty ones, checked against what is `known`. Writes nothing.

    Raises like `record_facts`.
    """
    if source not in Source.values:
        raise BadInput(say("来源有误。"), [("source", say("来源应为{values}之一。", values=Source.values))])
    if source != Source.DECLARED and not (evidence.strip() or document):
        raise BadInput(say("缺少依据。"), [("evidence", say("请写明依据：哪个部门、哪份材料、谁在何时查看。"))])
    if errors := too_long(Fact, evidence=evidence, department=department, settlement=settlement):
        raise BadInput(say("有内容需要改正。"), errors)
    today = clock.today()
    if observed_on and (why := why_impossible("observed_on", observed_on, today=today, born=person.birth_date)):
        raise BadInput(say("有内容需要改正。"), [("observed_on", say("查得日期：{why}，请核对年月日。", why=why))])
    _check_values(values, standing_facts.values(known), from_id_number=by_act or not known)
    if values.get("other_exclusion") is not None:
        _refuse_exclusion_without_rule(actor, values["other_exclusion"])
    stated = {name: value for name, value in values.items() if value is not None}
    if not by_act:
        refuse_who_cannot_know(stated, source, department, document.kind if document else None)
        if source == Source.COMMITMENT and actor.role in STAFF and not (document or settlement.strip()):
            _refuse_another_promise(stated, known)
    return stated


def _refuse_another_promise(stated: Mapping[str, Any], known: Mapping[str, Standing]) -> None:
    """Refuse a contradiction of a signed commitment without evidence: an office has to show the paper,
    or settle it in words.
    """
    promised = [
        name
        for name, value in stated.items()
        for fact in (known[name].current if name in known else ())
        if fact.source == Source.COMMITMENT and fact.value != value
    ]
    if promised:
        why = say("本人书面承诺的不是这样。本人改了说法的，请上传重新签名的承诺书再登记，或者写明以哪个为准。")
        raise BadInput(say("有内容需要改正。"), [(name, why) for name in dict.fromkeys(promised)])


def _refuse_exclusion_without_rule(actor: Actor, value: str) -> None:
    """Refuse other grounds for exclusion (一(二)4) except by the county, with the rule they are based on."""
    if actor.role != Role.REVIEWER:
        raise NotForRole(say("“不予认定的其他情形”由县级复核人登记，并写明依据的规定。"))
    if says_nothing(value):
        raise BadInput(say("有内容需要改正。"), [("other_exclusion", say("请写明是什么情形、依据哪一条规定。"))])


def _check_values(values: Mapping[str, Any], standing: Mapping[str, Any], from_id_number: bool) -> None:
    """Check each value alone and together with standing facts: for example,
    a retirement track fits one sex only, and nobody lost a job before they were 16.
    """
    names = [] if from_id_number else [n for n in values if n in FACTS and FACTS[n].origin == "id_number"]
    if errors := [(name, say("这一项由身份证号码得出，不能填报。")) for name in names]:
        raise BadInput(say("有内容需要改正。"), errors)
    if errors := [(name, say("这一项不是可以填报的事实。")) for name in values if name in ("id", "as_of")]:
        raise BadInput(say("有内容需要改正。"), errors)
    try:
        read = rule_facts.parse({**standing, **values, "as_of": clock.today().isoformat()})
    except rule_facts.Invalid as invalid:
        raise BadInput(say("有内容需要改正。"), invalid.errors) from None
    new = {name: read[name] for name in values if name in read}
    if errors := impossible_days(new, today=clock.today(), born=read.get("birth_date")):
        raise BadInput(say("有内容需要改正。"), errors)
    sums = {name: value for name, value in read.items() if isinstance(value, int | float | Decimal)}
    if errors := [(name, say("数额太大，请核对，单位是元。")) for name, value in sums.items() if value >= _LARGEST_SUM]:
        raise BadInput(say("有内容需要改正。"), errors)


def too_long(model: type[Model], **texts: str) -> list[tuple[str, str]]:
    """An error for each text that is too long for its column."""
    limits = {field: model._meta.get_field(field).max_length or 0 for field in texts}  # type: ignore[union-attr]
    return [
        (field, say("最多{field}个字，现在有{count}个字，请写短一些。", field=limits[field], count=len(text)))
        for field, text in texts.items()
        if len(text) > limits[field]
    ]


def refuse_who_cannot_know(names: Iterable[str], source: str, department: str = "", paper: str | None = None) -> None:
    """Raise `BadInput` for each fact that this source cannot know: `made_by_an_act`, `source_cannot_know`.

    `paper`: the kind of the document that shows it; None for evidence in words. Shared data without a known
    department raise for `field`.
    """
    wanted = [name for name in names if name in FACTS]
    if by_act := [name for name in wanted if FACTS[name].act]:
        errors = [
            (name, say("“{label}”只来自{act}，不能另行登记。", label=say(FACTS[name].label), act=FACTS[name].act))
            for name in by_act
        ]
        raise BadInput(say("有的事项不能登记。"), errors, code="made_by_an_act")
    if source == Source.SHARED_DATA and department_of(department) is None:
        names_of_all = "、".join(f"{code}（{known.label}）" for code, known in DEPARTMENTS.items())
        said = (
            say("没有“{department}”这个部门", department=department[:20])
            if department
            else say("部门共享数据要写明是哪个部门提供的")
        )
        raise BadInput(
            say("请写明提供部门。"),
            [("department", say("{said}，应为{names_of_all}之一。", said=said, names_of_all=names_of_all))],
        )
    if unknown := [name for name in wanted if not can_know(name, source, department, paper)]:
        errors = [
            (
                name,
                say(
                    "{said}不能说明“{label}”，{name}",
                    said=_said(source, department, paper),
                    label=say(FACTS[name].label),
                    name=_who(name),
                ),
            )
            for name in unknown
        ]
        raise BadInput(say("这一来源不能说明所填的事项。"), errors, code="source_cannot_know")


def can_know(name: str, source: str, department: str = "", paper: str | None = None) -> bool:
    """Whether this source, department or kind of paper (None: any paper) can know the fact."""
    known_to = FACTS[name].known_to
    if source == Source.SHARED_DATA:
        found = department_of(department)
        return found is not None and found.code in known_to
    if source == Source.DOCUMENT:
        return _shown_by(known_to, paper)
    return source in known_to


def _shown_by(known_to: Collection[str], paper: str | None) -> bool:
    if paper is None:
        return any(kind in known_to for kind in registry.materials())
    return paper in known_to or (paper == _PHOTOGRAPH and str(Source.SITE_VISIT) in known_to)


def knowable(source: str, department: str = "", paper: str | None = None) -> list[str]:
    """The facts that a source can know, in schema order."""
    return [name for name, fact in FACTS.items() if not fact.act and can_know(name, source, department, paper)]


def _said(source: str, department: str, paper: str | None) -> str:
    if source == Source.SHARED_DATA:
        found = department_of(department)
        return say("{label}的数据", label=found.label) if found else department
    if source == Source.DOCUMENT and paper is not None:
        return f"“{registry.materials().get(paper, paper)}”"
    return Source(source).label


def _who(name: str) -> str:
    """Who can know the fact, in words."""
    known_to = FACTS[name].known_to
    labels = [DEPARTMENTS[code].label for code in known_to if code in DEPARTMENTS]
    labels += [registry.materials()[code] for code in known_to if code in registry.materials() and code != "other"]
    labels += [str(source.label) for source in (Source.SITE_VISIT, Source.COMMITMENT) if source in known_to]
    if not labels:
        return say("这一项不能登记。")
    return say("可以由{labels}说明。", labels=labels)
