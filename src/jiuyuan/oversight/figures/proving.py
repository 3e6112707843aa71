"""Whether closed months still say what they said when they were closed: value, keys and digest of each figure, and the month's own."""

from collections.abc import Iterable, Iterator

from jiuyuan.encryption import KEY_SIZE, numbers_of
from jiuyuan.oversight.figures.closing import PURPOSE, digest_of, digest_of_keys
from jiuyuan.oversight.figures.corrections import keys_in
from jiuyuan.oversight.figures.registry import FIGURES
from jiuyuan.oversight.models import ClosedFigure, FigurePeriod
from jiuyuan.wording import say


def faults_of(period: FigurePeriod, only: tuple[str, int] | None = None) -> Iterator[str]:
    """What of a closed month was changed in the tables, a sentence each. The month's own digest stands in the record of acts."""
    lines = list(ClosedFigure.objects.unscoped().filter(period=period))
    if digest_of(lines) != period.digest:
        yield say("{month}：数值或者人员代号与结账时的校验值不符。", month=_named(period))
    below = ClosedFigure.objects.unscoped().filter(period__month=period.month, period__area__begins=period.area)
    for line in lines:
        if only not in (None, line.key):
            continue
        owns = below.filter(figure=line.figure, figure_version=line.figure_version).order_by().values_list("own")
        keys = {key for (own,) in owns for key in keys_in(bytes(own))}
        if digest_of_keys(keys) != line.digest or len(keys) != line.value:
            yield say("{month}“{figure}”：人员代号与数值、校验值不符。", month=_named(period), figure=label_of(line))
        elif any(len(key) != KEY_SIZE for key in keys) or any(
            number >> 63 for number in numbers_of(PURPOSE, b"".join(keys))
        ):
            yield say("{month}“{figure}”：有的人员代号不是本系统的。", month=_named(period), figure=label_of(line))


def faults(periods: Iterable[FigurePeriod]) -> Iterator[str]:
    """Of many months."""
    for period in periods:
        yield from faults_of(period)


def label_of(line: ClosedFigure) -> str:
    """A closed figure in words; its code where the definition is gone."""
    found = FIGURES.get(line.key)
    return found.label if found else line.figure


def _named(period: FigurePeriod) -> str:
    return say("{office}{month:%Y}年{month:%m}月", office=period.agency.name, month=period.month)
