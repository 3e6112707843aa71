"""Verifies closed months: value, keys and digest of each figure, and the month's own digest."""

import hashlib
from collections.abc import Iterable, Iterator

from jiuyuan.encryption import KEY_SIZE, numbers_of
from jiuyuan.oversight.figures.closing import PURPOSE, digest_of, digest_of_keys
from jiuyuan.oversight.figures.corrections import keys_in
from jiuyuan.oversight.figures.registry import FIGURES
from jiuyuan.oversight.models import ClosedFigure, FigurePeriod
from jiuyuan.wording import say

#: Digests verified by this process: of all lines of a month, and of a figure's keys at all offices. They are still
#: read again.
_PROVEN: set[bytes] = set()
_MOST = 10_000


def faults_of(period: FigurePeriod, only: tuple[str, int] | None = None) -> Iterator[str]:
    """Yield what was changed in a closed month, as sentences. The month's digest is in the record of acts."""
    lines = list(ClosedFigure.objects.unscoped().filter(period=period))
    if digest_of(lines) != period.digest:
        yield say("{month}：数值或者人员代号与结账时的校验值不符。", month=_named(period))
    for line in lines:
        if only in (None, line.key):
            yield from _faults_of_line(period, line, _owns(period, line.key))


def faults_for_page(period: FigurePeriod, key: tuple[str, int]) -> list[str]:
    """The faults of one figure.

    Data found correct by this process are compared byte by byte but not hashed again: 300,000 keys take a second.
    """
    lines = list(ClosedFigure.objects.unscoped().filter(period=period).order_by("pk"))
    mark = hashlib.sha256(f"{period.pk} {period.digest} {digest_of(lines)} {key}".encode())
    for own in _owns(period, key):
        mark.update(len(own).to_bytes(8, "big") + own)
    if mark.digest() in _PROVEN:
        return []
    found = list(faults_of(period, key))
    if not found:
        if len(_PROVEN) >= _MOST:
            _PROVEN.clear()
        _PROVEN.add(mark.digest())
    return found


def _owns(period: FigurePeriod, key: tuple[str, int]) -> list[bytes]:
    """The keys of a figure at each office, in the order of the offices' periods."""
    below = ClosedFigure.objects.unscoped().filter(period__month=period.month, period__area__begins=period.area)
    owns = below.filter(figure=key[0], figure_version=key[1]).order_by("period_id").values_list("own", flat=True)
    return [bytes(own) for own in owns]


def _faults_of_line(period: FigurePeriod, line: ClosedFigure, owns: list[bytes]) -> Iterator[str]:
    keys = {key for own in owns for key in keys_in(own)}
    if digest_of_keys(keys) != line.digest or len(keys) != line.value:
        yield say("{month}“{figure}”：人员代号与数值、校验值不符。", month=_named(period), figure=label_of(line))
    elif any(len(key) != KEY_SIZE for key in keys) or any(
        number >> 63 for number in numbers_of(PURPOSE, b"".join(keys))
    ):
        yield say("{month}“{figure}”：有的人员代号不是本系统的。", month=_named(period), figure=label_of(line))


def faults(periods: Iterable[FigurePeriod]) -> Iterator[str]:
    """The faults of many months."""
    for period in periods:
        yield from faults_of(period)


def label_of(line: ClosedFigure) -> str:
    """The label of a closed figure; its code if the definition is gone."""
    found = FIGURES.get(line.key)
    return found.label if found else line.figure


def _named(period: FigurePeriod) -> str:
    return say("{office}{month:%Y}年{month:%m}月", office=period.agency.name, month=period.month)
