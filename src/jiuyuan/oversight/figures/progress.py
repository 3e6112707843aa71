"""Progress towards targets: people counted so far this year, beside the share expected by time."""

from dataclasses import dataclass

from jiuyuan.agencies.models import Agency, User
from jiuyuan.oversight.figures import registry
from jiuyuan.oversight.figures.registry import FigureDefinition
from jiuyuan.oversight.models import ClosedFigure, Target
from jiuyuan.oversight.target_workflow import difference, parts

_MONTHS = 12


@dataclass(frozen=True)
class TargetProgress:
    """Progress of a target.

    `done`: people up to the last closed month of the year, None if none is closed; `expected` by then, in
    proportion to time.
    """

    target: Target
    figure: FigureDefinition
    done: int | None
    expected: int

    @property
    def red(self) -> bool:
        """Whether less is done than expected by time."""
        return self.done is not None and self.done < self.expected

    @property
    def share(self) -> int | None:
        """The percentage of the year's target."""
        return round(100 * self.done / self.target.value) if self.done is not None and self.target.value else None


@dataclass(frozen=True)
class BrokenDown:
    """A target with its parts; `differs`: the sum of the parts minus the whole."""

    whole: TargetProgress
    parts: list[TargetProgress]
    sum: int
    differs: int


def of_office(user: User, under: Agency, year: int) -> list[BrokenDown]:
    """An office's targets for a year, with their parts."""
    rows = Target.objects.visible_to(user).filter(agency=under, year=year).exclude(status=Target.Status.WITHDRAWN)
    wholes = list(rows.select_related("agency", "setting_agency", "set_by").order_by("indicator"))
    if not wholes:
        return []
    below = {whole.indicator: parts(whole) for whole in wholes}
    done = _done([one for whole in wholes for one in (whole, *below[whole.indicator])], year)
    return [_broken_down(whole, below[whole.indicator], done) for whole in wholes]


def _broken_down(whole: Target, below: list[Target], done: dict[tuple[int, str], tuple[int, int]]) -> BrokenDown:
    together = sum(one.value for one in below)
    of_parts = [_progress(one, done) for one in below]
    return BrokenDown(_progress(whole, done), of_parts, together, difference(whole, together))


def _done(targets: list[Target], year: int) -> dict[tuple[int, str], tuple[int, int]]:
    """The people counted in the year and the last month included, by office and indicator."""
    lines = ClosedFigure.objects.unscoped().filter(
        period__agency__in={one.agency_id for one in targets}, period__month__year=year,
        figure__in={one.indicator for one in targets},
    )  # fmt: skip
    found: dict[tuple[int, str], tuple[int, int]] = {}
    values = lines.order_by("period__month", "figure_version").values_list(
        "period__agency", "figure", "in_year", "period__month__month"
    )
    for agency, code, in_year, month in values:
        found[agency, code] = (in_year, month)
    return found


def _progress(target: Target, done: dict[tuple[int, str], tuple[int, int]]) -> TargetProgress:
    counted, month = done.get((target.agency_id, target.indicator), (None, 0))
    return TargetProgress(target, registry.definition(target.indicator), counted, -(-target.value * month // _MONTHS))
