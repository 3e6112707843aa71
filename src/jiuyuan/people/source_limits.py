"""Whether a source can know a fact (一(三)): the question that is asked wherever one is recorded."""

from collections.abc import Collection, Iterable

from jiuyuan.people.models import Source
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.rules.departments import DEPARTMENTS, department_of
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say

_PHOTOGRAPH = "site_visit_photo"


def refuse_who_cannot_know(names: Iterable[str], source: str, department: str = "", paper: str | None = None) -> None:
    """Raise `BadInput` naming each fact that this source cannot know: `made_by_an_act`, `source_cannot_know`.

    `paper`: the kind of the document that shows it, None where the evidence is in words. Shared data without a department
    that is known: `field`.
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
    """Whether this source, this department or a paper of this kind (None: any paper) can know the fact."""
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
    """The facts that a source can know, in the order of the schema."""
    return [name for name, fact in FACTS.items() if not fact.act and can_know(name, source, department, paper)]


def _said(source: str, department: str, paper: str | None) -> str:
    if source == Source.SHARED_DATA:
        found = department_of(department)
        return say("{label}的数据", label=found.label) if found else department
    if source == Source.DOCUMENT and paper is not None:
        return f"“{registry.materials().get(paper, paper)}”"
    return Source(source).label


def _who(name: str) -> str:
    """Who can, in words, for whoever has to ask somebody else."""
    known_to = FACTS[name].known_to
    labels = [DEPARTMENTS[code].label for code in known_to if code in DEPARTMENTS]
    labels += [registry.materials()[code] for code in known_to if code in registry.materials() and code != "other"]
    labels += [str(source.label) for source in (Source.SITE_VISIT, Source.COMMITMENT) if source in known_to]
    if not labels:
        return say("这一项不能登记。")
    return say("可以由{labels}说明。", labels=labels)
