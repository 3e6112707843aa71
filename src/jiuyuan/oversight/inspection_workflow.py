"""The workflow of an inspection: population frozen, cases drawn by the seal of the next night, inspected,
closed (五(三)).
"""

from typing import Any

from django.db.models import Q

from jiuyuan.agencies.models import Agency, User
from jiuyuan.assistance.vacancy_inputs import NUMBER
from jiuyuan.history.models import Digest, Entry
from jiuyuan.labels import texts
from jiuyuan.oversight import populations
from jiuyuan.oversight.models import INSPECTORS, Inspection, InspectionFinding, Population
from jiuyuan.procedures.context import Concerned, Context
from jiuyuan.procedures.doors import in_sight, locked
from jiuyuan.procedures.reading import whole_between
from jiuyuan.procedures.registry import Workflow, register
from jiuyuan.procedures.table import Guard, Need, NeedKind, Procedure, State, Transition, Vocabulary
from jiuyuan.procedures.who_acted import by
from jiuyuan.refusals import BadInput
from jiuyuan.rules import draw
from jiuyuan.wording import say

Said = dict[str, Any]
_ALL = 100  # percent
_MOST_DRAWN = 20_000
_OPENED = "inspection_opened"

TABLE = Procedure(
    tuple(State(code, label, final=code in ("closed", "dropped")) for code, label in texts(Inspection.Status)),
    (
        Transition(
            "open", "开展检查", frozenset(), ("frozen",), INSPECTORS, effect="freeze",
            needs=(
                Need("scope", "检查范围", "office_below", hint="本机构或者下级机构，写名称或者代码。"),
                Need("kind", "检查什么", "choice", choices=tuple(texts(Inspection.Kind))),
                Need("period", "时间段", "period", hint="年、季度或者月份，例如2026、2026-Q1、2026-03。"),
                Need("rate", "抽查比例（%）", "percent", required=False, hint="比例和件数填一个。"),
                Need("size", "抽查件数", "number", required=False),
                Need("strata", "分层", "choice", required=False, choices=tuple(texts(Inspection.Strata)), hint="分层的，每层都抽得到。"),
            ),
            record=_OPENED, done="封存了检查的总体", result="总体已封存。今晚封存记录以后抽取，现在谁也不知道会抽到哪些。",
            lead="先封存总体，再用当晚的封存值抽取。每次抽取都留在记录里，作废的也留。",
        ),
        Transition(
            "draw", "抽取", frozenset({"frozen"}), ("drawn",), INSPECTORS, whose="ordering_office", machines=frozenset({"night"}),
            guards=("sealed", "as_frozen"), record="inspection_drawn", done="抽取了案件", result="已抽取。", emphasis="main",
        ),
        Transition(
            "widen", "增加件数", frozenset({"drawn"}), ("drawn",), INSPECTORS, whose="ordering_office",
            needs=(Need("size", "增加到多少件", "number"),), guards=("as_frozen",), record="inspection_widened",
            done="增加了抽查件数", result="已增加，原来抽到的都还在。",
        ),
        Transition(
            "close", "结束检查", frozenset({"drawn"}), ("closed",), INSPECTORS, whose="ordering_office",
            needs=(Need("conclusion", "结论", empty="请写明查了什么、有哪些问题、怎样改。"),),
            guards=("all_checked", "findings_settled"), record="inspection_closed", done="结束了检查", result="检查已结束。",
        ),
        Transition(
            "drop", "作废", frozenset({"frozen", "drawn"}), ("dropped",), INSPECTORS, whose="ordering_office",
            needs=(Need("conclusion", "作废的理由"),), effect="close", record="inspection_dropped", done="作废了检查",
            lead="作废的检查和抽到的案件仍留在记录里。", result="已作废。", emphasis="grave",
        ),
    ),
)  # fmt: skip


class OfInspection(Context):
    """The context of an inspection, which is locked.

    It concerns many people, so only its cases are checked for own matters.
    """

    rows: list[tuple[str, str, int]] | None = None

    @property
    def concerned(self) -> list[Concerned]:
        return []

    def suggested(self, transition: Transition) -> Said:
        if not transition.begins or self.user is None or self.user.agency is None:
            return {}
        return {"scope": self.user.agency.code}

    @property
    def population(self) -> dict[str, str]:
        """The stratum of each key in the frozen population."""
        return {opaque: stratum for opaque, stratum, _ in self.subject.population.rows}

    @property
    def seal(self) -> Digest | None:
        """The first seal of the record after the population was frozen."""
        opened = Entry.objects.of(self.subject.file).filter(action=_OPENED).values_list("pk", flat=True).first()
        if opened is None:
            return None
        rows = Digest.objects.filter(last_entry__gte=opened, day__gte=self.subject.opened_on)
        return rows.order_by("day", "part").first()

    def payload(self, transition: Transition, said: Said, more: Said, moved: bool) -> Said:
        return super().payload(transition, {n: v for n, v in said.items() if n == "conclusion"}, more, moved)


def _freeze(context: OfInspection, said: Said) -> Said:
    user, rows = context.user, context.rows
    assert user is not None and user.agency is not None and rows is not None
    since, until = populations.days_of(said["period"])
    digest = draw.digest_of({opaque: stratum for opaque, stratum, _ in rows})
    context.subject = Inspection(
        area=user.agency.path, agency=user.agency, within=said["scope"], kind=said["kind"], period=said["period"],
        since=since, until=until, rate=said.get("rate"), size=said.get("size") or draw.size_at(said["rate"], len(rows)),
        strata=said.get("strata", ""), count=len(rows), sha256=digest, **by(context, Inspection, "opened"),
    )  # fmt: skip
    return {"count": len(rows), "sha256": digest}


def _keep_population(context: OfInspection, _said: Said) -> None:
    assert context.rows is not None
    Population.objects.create(inspection=context.subject, content=Population.packed(context.rows))


def _has_cases(context: OfInspection, said: Said) -> None:
    """Compute the population before anything is written. Raises `BadInput` if it is empty."""
    errors = []
    if ("rate" in said) == ("size" in said):
        errors.append(("rate", say("抽查比例和抽查件数填一个，只填一个。")))
    context.rows = populations.frozen(
        said["kind"], said.get("strata", ""), said["scope"], *populations.days_of(said["period"])
    )
    count = len(context.rows)
    if not count:
        what = Inspection.Kind(said["kind"]).label
        errors.append(
            (
                "period",
                say(
                    "{office}这段时间没有{what}，没有可以检查的对象。请改范围或者时间段。",
                    office=said["scope"].name,
                    what=what,
                ),
            )
        )
    elif said.get("size", 0) > count:
        errors.append(("size", say("一共只有{count}件，抽不出{size}件。", count=count, size=said["size"])))
    elif not errors and (said.get("size") or draw.size_at(said["rate"], count)) > _MOST_DRAWN:
        errors.append(("rate" if "rate" in said else "size", say("一次最多抽{most}件。", most=_MOST_DRAWN)))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)


def _draw(context: OfInspection, _said: Said) -> Said:
    """Draw the cases. A larger draw begins with the earlier one, because the order never changes."""
    inspection, seal = context.subject, context.seal
    assert seal is not None
    inspection.seal, inspection.sealed_on, inspection.drawn_on = seal.hash, seal.day, context.today
    return _taken(inspection, context.population)


def _widen(context: OfInspection, said: Said) -> Said:
    context.subject.size = said["size"]
    return _taken(context.subject, context.population)


def _taken(inspection: Inspection, population: dict[str, str]) -> Said:
    kept = inspection.population
    of = {opaque: [opaque, stratum, pk] for opaque, stratum, pk in kept.rows}
    keys = draw.drawn(population, inspection.seal, inspection.size)
    kept.drawn = [of[opaque] for opaque in keys]
    kept.save(update_fields=["drawn"])
    return {"seal": inspection.seal, "size": len(keys), "keys": keys}


def _is_wider(context: OfInspection, said: Said) -> None:
    inspection, size = context.subject, said["size"]
    if not inspection.size < size <= min(inspection.count, _MOST_DRAWN):
        why = say(
            "现在抽了{size}件，一共{count}件，请填两者之间的数。",
            size=inspection.size,
            count=min(inspection.count, _MOST_DRAWN),
        )
        raise BadInput(say("有内容需要改正。"), [("size", why)])


def _close(context: OfInspection, said: Said) -> None:
    context.subject.conclusion, context.subject.ended_on = said["conclusion"], context.today


def _sealed(context: OfInspection) -> str | None:
    if context.seal is not None:
        return None
    return say("要等今晚封存记录以后才能抽取：抽取用的是总体封存以后的第一个封存值。")


def _as_frozen(context: OfInspection) -> str | None:
    found, inspection = draw.digest_of(context.population), context.subject
    if found == inspection.sha256:
        return None
    return say(
        "总体与封存时不一样：现在的校验值是{found}，封存时是{sealed}，不能抽取。请作废这次检查并报告。",
        found=found, sealed=inspection.sha256,
    )  # fmt: skip


def _all_checked(context: OfInspection) -> str | None:
    inspection = context.subject
    left = inspection.size - inspection.cases.count()
    return say("还有{left}件没有核查。", left=left) if left else None


def _findings_settled(context: OfInspection) -> str | None:
    rows = InspectionFinding.objects.unscoped().filter(inspected__inspection=context.subject)
    left = rows.exclude(status=InspectionFinding.Status.CLOSED).count()
    return say("还有{left}个问题没有了结。", left=left) if left else None


def ordering_office(context: Any) -> str:
    """Why only the ordering office may continue the inspection; empty if the user's office is the one."""
    inspection = context.inspection if hasattr(context, "inspection") else context.subject
    if context.user is not None and context.user.agency_id == inspection.agency_id:
        return ""
    return say("由开展检查的{office}办理。", office=inspection.agency.name)


def _office_below(context: Context, need: Need, raw: Any) -> Agency:
    """Parse an office below, by code, name, or an unambiguous part of the name."""
    written, user = str(raw).strip()[:80], context.user
    below = Agency.objects.filter(path__startswith=user.area) if user is not None else Agency.objects.none()
    found = list(below.filter(Q(code=written) | Q(name=written)) or below.filter(name__contains=written)[:2])
    if not written or len(found) != 1:
        raise ValueError(
            say("请填本机构或者下级机构的名称或者代码，写到只有一个机构是这样的，例如南关区公共就业服务中心。")
        )
    return found[0]


def _period(_context: Context, need: Need, raw: Any) -> str:
    period = str(raw).strip().upper()
    populations.days_of(period)
    return period


def _percent(_context: Context, need: Need, raw: Any) -> int:
    if (found := whole_between(raw, 1, _ALL)) is None:
        raise ValueError(say("{label}请填1到100的整数。", label=need.label))
    return found


def locked_inspection(user: User | None, pk: Any) -> Inspection:
    """An inspection, locked, if the user may see it. Raises `NotFound`."""
    found = locked(in_sight(Inspection, user), pk, "没有这次检查。")
    return found


def _door(user: User | None, pk: Any, transition: Transition) -> OfInspection:
    return OfInspection(None if transition.begins else locked_inspection(user, pk), user)


INSPECTION = register(
    Workflow(
        "inspection", "这次检查", Inspection, _door, OfInspection,
        Vocabulary(
            {"freeze": _freeze, "draw": _draw, "widen": _widen, "close": _close},
            guards={
                guard.name: guard
                for guard in (
                    Guard("sealed", "not_sealed", _sealed, "等今晚封存记录", waits=True),
                    Guard("as_frozen", "population_changed", _as_frozen),
                    Guard("all_checked", "cases_unchecked", _all_checked, "核查抽到的案件"),
                    Guard("findings_settled", "findings_open", _findings_settled, "了结发现的问题"),
                )
            },
            checks={"freeze": _has_cases, "widen": _is_wider},
            whose={"ordering_office": ordering_office},
            kinds={
                "office_below": NeedKind(_office_below, schema=lambda need: {"type": "string", "minLength": 1, "maxLength": 80}),
                "period": NeedKind(_period, schema=lambda need: {"type": "string", "pattern": "^[0-9]{4}(-(Q[1-4]|[0-9]{2}))?$"}),
                "percent": NeedKind(_percent, "number", lambda need: {"type": "integer", "minimum": 1, "maximum": _ALL}),
                "number": NUMBER,
            },
            after={"freeze": _keep_population},
        ),
        things="inspections",
    )
)  # fmt: skip
INSPECTION.add(TABLE)


def certificate(inspection: Inspection) -> str:
    """The certificate with which anybody can repeat the draw, as JSON."""
    population = {opaque: stratum for opaque, stratum, _ in inspection.population.rows}
    about = {
        "number": inspection.pk, "office": inspection.agency.name, "within": inspection.within.name,
        "kind": str(inspection.get_kind_display()), "period": inspection.period, "strata": str(inspection.get_strata_display()),
        "frozen_on": inspection.opened_on.isoformat(), "count": inspection.count,
        "seal_of": inspection.sealed_on.isoformat() if inspection.sealed_on else "",
    }  # fmt: skip
    return draw.certificate(about, population, inspection.sha256, inspection.seal, inspection.size)
