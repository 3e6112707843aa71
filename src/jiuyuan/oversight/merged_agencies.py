"""An agency is merged into another of its level: cases, people, duties and accounts come along, each file says so; undone by a later act.

What was done stays in the name of the one that did it: opinions, letters, batches, closed months. To move an agency below another
county, it is set up there anew and the old one merged into it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from jiuyuan import clock
from jiuyuan.agencies import again
from jiuyuan.agencies.models import Agency, User
from jiuyuan.applications.models import Application, Lead
from jiuyuan.assistance.models import Course, PublicPost, Vacancy
from jiuyuan.history import services as history
from jiuyuan.history.models import Entry
from jiuyuan.history.services import NewAct
from jiuyuan.history.state import Recorded, stated_row
from jiuyuan.money.models import Claim, EmployerClaim, SchemeNotice
from jiuyuan.oversight.models import Doubt, Handover, InspectionFinding, Recovery, SupervisionOrder
from jiuyuan.people import offices
from jiuyuan.people.models import Enquiry, Person
from jiuyuan.recognitions.models import Investigation, Recognition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole
from jiuyuan.regions import registry
from jiuyuan.wording import say
from jiuyuan.worker.models import Job

MERGED, PARTED = "agency_merged", "agency_parted"
#: What comes along, each with what its file needs beside it. What hangs on one of these comes by it.
_ROWS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Person, ()), (Application, ()), (Lead, ()), (Recognition, ("person",)), (Investigation, ("recognition__person",)),
    (Vacancy, ()), (Course, ()), (PublicPost, ()), (Claim, ("person",)), (EmployerClaim, ()), (SchemeNotice, ("person",)),
    (Doubt, ()), (InspectionFinding, ()), (Recovery, ()), (Handover, ()), (SupervisionOrder, ()),
)  # fmt: skip
_BESIDE: tuple[Any, ...] = (Enquiry, Job)
LEVELS = (Agency.Level.PLATFORM, Agency.Level.COMMUNITY)
_CHUNK = 1000


@dataclass(frozen=True)
class Count:
    """How many of a kind come along."""

    what: str
    count: int


def whom_it_touches(agency: Agency) -> list[Count]:
    """What would come along, kind by kind; kinds of which there are none are left out."""
    counted = [Count(str(model._meta.verbose_name), _of(model, agency).count()) for model, _ in _ROWS]
    return [*(one for one in counted if one.count), Count(say("账号"), agency.staff.count())]


def merge(by: User, agency: Agency, into: str, document: str) -> Agency:
    """Close an agency and bring all that is its to another. `document`: by which it is merged.

    Raises `BadInput` for `into` or `document`, `GuardNotMet` for one with agencies below, as `offices.refuse_who_does_not_manage`.
    """
    with transaction.atomic():
        target = _checked(by, agency, into, document)
        again.ask(by, "agency.merge")
        said: dict[str, Any] = {
            "from": agency.code,
            "into": target.code,
            "on": str(clock.today()),
            "reason": document.strip()[:200],
        }
        counts = _bring(by, agency, target, MERGED, said, None)
        places = list(agency.divisions.all())
        said |= {"divisions": [place.code for place in places if place not in set(target.divisions.all())]}
        target.divisions.add(*places)
        agency.closed_on = clock.today()
        agency.save(update_fields=["closed_on"])
        for one in (agency, target):
            history.append(f"agency:{one.code}", by.actor, MERGED, said | {"counts": counts}, one.path)
    return target


def merged_into(agency: Agency) -> dict[str, Any] | None:
    """What the record says of the merger by which an agency was closed; None where it was not, or was undone."""
    acts = Entry.objects.of(f"agency:{agency.code}").filter(action__in=(MERGED, PARTED)).order_by("-seq")
    last = next((act for act in acts if act.payload["from"] == agency.code), None)
    return dict(last.payload) if agency.closed_on and last is not None and last.action == MERGED else None


def part(by: User, agency: Agency, reason: str) -> Agency:
    """Undo a merger: the agency opens again, and what came from it and still lies where it went comes back.

    What began since stays. Raises `GuardNotMet` where it was not merged, `BadInput` for `reason`, as `offices.refuse_who_does_not_manage`.
    """
    with transaction.atomic():
        offices.refuse_who_does_not_manage(by, agency)
        held = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
        said = merged_into(held)
        if said is None:
            raise GuardNotMet(say("{name}没有并入别的机构。", name=held.name))
        source = Agency.objects.get(code=said["into"])
        offices.refuse_who_does_not_manage(by, source)
        if not reason.strip():
            raise BadInput(say("请写明理由。"), [("reason", say("请写明为什么恢复。"))])
        again.ask(by, "agency.merge")
        came = set(
            Entry.objects.in_area(source.path)
            .filter(action=MERGED, **{f"payload__{name}": said[name] for name in ("from", "into", "on")})
            .values_list("file", flat=True)
        )
        told = {"from": held.code, "into": source.code, "on": said["on"], "reason": reason.strip()[:200]}
        counts = _bring(by, source, held, PARTED, told, came)
        source.divisions.remove(*source.divisions.filter(code__in=said["divisions"]))
        held.closed_on = None
        held.save(update_fields=["closed_on"])
        for one in (held, source):
            history.append(f"agency:{one.code}", by.actor, PARTED, told | {"counts": counts}, one.path)
    return held


def _checked(by: User, agency: Agency, into: str, document: str) -> Agency:
    """The agency into which another may be merged; both are locked."""
    offices.refuse_who_does_not_manage(by, agency)
    target = Agency.objects.filter(code=into.strip()).first()
    if target is None or not target.path.startswith(by.area):
        raise BadInput(
            say("没有这个机构。"), [("into", say("没有代码为“{into}”的机构，请从列出的选。", into=into[:40]))]
        )
    offices.refuse_who_does_not_manage(by, target)
    held = {
        one.pk: one
        for one in Agency.objects.select_for_update(of=("self",)).filter(pk__in=(agency.pk, target.pk)).order_by("pk")
    }
    agency.closed_on, target = held[agency.pk].closed_on, held[target.pk]
    if agency.path == by.area:
        raise NotForRole(say("自己所在的机构由上级合并。"))
    if agency.level not in LEVELS:
        raise GuardNotMet(say("只有街道（乡镇）平台和社区平台能合并。县以上的，下级逐个移走以后撤销。"))
    for one in (agency, target):
        if one.closed_on is not None:
            raise GuardNotMet(say("{name}已经撤销。", name=one.name))
    if below := agency.children.filter(closed_on=None).count():
        raise GuardNotMet(say("{name}下面还有{below}个机构，请先把它们合并或撤销。", name=agency.name, below=below))
    errors = []
    if target.pk == agency.pk or target.level != agency.level:
        errors.append(("into", say("请选另一个{level}。", level=agency.get_level_display())))
    elif registry.region_of(target.path).code != registry.region_of(agency.path).code:
        errors.append(("into", say("{name}在另一个地区，办法不同，不能并过去。", name=target.name)))
    if not document.strip():
        errors.append(("document", say("请写明依据，例如：某政函〔2027〕3号。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    return target


def _of(model: Any, agency: Agency) -> Any:
    rows = getattr(model.objects, "unscoped", model.objects.all)()
    return rows.filter(area=agency.path) if _has(model, "area") else rows.filter(agency=agency)


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _bring(
    by: User, source: Agency, target: Agency, action: str, said: dict[str, Any], only: set[str] | None
) -> dict[str, int]:
    """Bring rows and accounts from one agency to another, with an act in each file. `only`: of these files. Returns how many of each."""
    counts: dict[str, int] = {}
    states: dict[str, dict[str, Any]] = defaultdict(dict)
    for model, beside in _ROWS:
        found = [row for row in _read(model, source, beside) if only is None or row.file in only]
        for row in found:
            values: dict[str, Any] = {"area": target.path} if _has(model, "area") else {}
            if row.__dict__.get("agency_id") == source.pk:
                values["agency_id"] = target.pk
            states[row.file].update(stated_row(model, row.pk, values) if issubclass(model, Recorded) else {})
        _update(model, source, target, [row.pk for row in found])
        if found:
            counts[str(model._meta.verbose_name)] = len(found)
    for model in _BESIDE if only is None else ():
        _of(model, source).update(area=target.path)
    accounts = [one for one in source.staff.all() if only is None or one.file in only]
    User.objects.filter(pk__in=[one.pk for one in accounts]).update(agency=target)
    states |= {one.file: {} for one in accounts}
    history.append_many(
        by.actor, [NewAct(file, action, said, target.path, state or None) for file, state in states.items()]
    )
    return counts | {say("账号"): len(accounts)}


def _read(model: Any, source: Agency, beside: Sequence[str]) -> Iterator[Any]:
    rows = _of(model, source).select_related(*beside) if beside else _of(model, source)
    yield from rows.select_for_update(of=("self",)).order_by("pk").iterator(chunk_size=_CHUNK)


def _update(model: Any, source: Agency, target: Agency, keys: list[int]) -> None:
    for start in range(0, len(keys), _CHUNK):
        rows = getattr(model.objects, "unscoped", model.objects.all)().filter(pk__in=keys[start : start + _CHUNK])
        if _has(model, "agency"):
            rows.filter(agency=source).update(agency=target)
        if _has(model, "area"):
            rows.update(area=target.path)
