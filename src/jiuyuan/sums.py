"""Sums of money as people write them."""

import re
from decimal import Decimal

from jiuyuan import characters

_SUM = re.compile(
    r"(?:￥|¥|人民币|RMB|CNY)?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?(万|千)?(?:元|圆|块)?(?:整|钱)?(?:[/每](?:个)?月)?",
    re.IGNORECASE,
)
_TIMES = {None: 1, "千": 1_000, "万": 10_000}


def yuan(text: str) -> Decimal | None:
    """The sum in yuan: `￥1,880元/月` is 1880, `0.2万` is 2000. None for what is no sum, `1_880` and `1e3` among it."""
    match = _SUM.fullmatch("".join(characters.real(characters.visible(text)).split()))
    if match is None or len(match[1]) > 15:
        return None
    return Decimal(match[1].replace(",", "") + (match[2] or "")) * _TIMES[match[3]]
