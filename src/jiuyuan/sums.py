"""Parses amounts of money, for files, forms and screenings alike."""

import re
from decimal import Decimal

from jiuyuan import characters

_SUM = re.compile(
    r"(?:￥|¥|人民币|RMB|CNY)?\s*([0-9]+|[0-9]{1,3}(?:[, ][0-9]{3})+)(\.[0-9]+)?(E[+-]?[0-9]{1,3})?\s*(万|千)?\s*(?:元|圆|块)?\s*(?:整|钱)?"
    r"\s*(?:(?:/|每|一)?\s*个?月)?",
    re.IGNORECASE | re.ASCII,
)
_TIMES = {None: 1, "千": 1_000, "万": 10_000}
_MOST_DIGITS = 15  # longest amount written by hand


def yuan(text: str, *, powers: bool = False) -> Decimal | None:
    """Parse yuan: `￥1,880元/月` is 1880, `0.2万` is 2000. None for anything else, such as `1_880`, `nan` and `12
    50`.

    `powers`: also accept `1e3` and any length, as programs write computed numbers.
    """
    match = _SUM.fullmatch(characters.real(characters.visible(text)).strip())
    if match is None or (not powers and (match[3] or len(match[1]) > _MOST_DIGITS)):
        return None
    return Decimal(match[1].replace(",", "").replace(" ", "") + (match[2] or "") + (match[3] or "")) * _TIMES[match[4]]
