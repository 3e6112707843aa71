"""Sums of money as people and programs write them: one reader for files, forms and screenings."""

import re
from decimal import Decimal

from jiuyuan import characters

_SUM = re.compile(
    r"(?:￥|¥|人民币|RMB|CNY)?\s*([0-9]+|[0-9]{1,3}(?:[, ][0-9]{3})+)(\.[0-9]+)?(E[+-]?[0-9]{1,3})?\s*(万|千)?\s*(?:元|圆|块)?\s*(?:整|钱)?"
    r"\s*(?:(?:/|每|一)?\s*个?月)?",
    re.IGNORECASE | re.ASCII,
)
_TIMES = {None: 1, "千": 1_000, "万": 10_000}
_MOST_DIGITS = 15  # of a sum that somebody wrote


def yuan(text: str, *, powers: bool = False) -> Decimal | None:
    """The sum in yuan: `￥1,880元/月` is 1880, `0.2万` is 2000. None for what is no sum, `1_880`, `nan` and `12 50` among it.

    `powers`: also `1e3`, and of any length, as a program writes a number that it calculated.
    """
    match = _SUM.fullmatch(characters.real(characters.visible(text)).strip())
    if match is None or (not powers and (match[3] or len(match[1]) > _MOST_DIGITS)):
        return None
    return Decimal(match[1].replace(",", "").replace(" ", "") + (match[2] or "") + (match[3] or "")) * _TIMES[match[4]]
