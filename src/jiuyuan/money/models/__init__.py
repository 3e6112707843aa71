"""The tables of this layer, by subject."""

from jiuyuan.money.models.batches import Payment, PaymentBatch, PaymentResult, PaymentSignature
from jiuyuan.money.models.claims import LIVE, Claim, ClaimLine
from jiuyuan.money.models.notices import SchemeNotice
from jiuyuan.money.models.unclaimed import UnclaimedScheme

__all__ = [
    "LIVE",
    "Claim",
    "ClaimLine",
    "Payment",
    "PaymentBatch",
    "PaymentResult",
    "PaymentSignature",
    "SchemeNotice",
    "UnclaimedScheme",
]
