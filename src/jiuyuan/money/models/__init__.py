"""The tables of this layer, by subject."""

from jiuyuan.money.models.claims import LIVE, Claim, ClaimLine
from jiuyuan.money.models.unclaimed import UnclaimedScheme

__all__ = ["LIVE", "Claim", "ClaimLine", "UnclaimedScheme"]
