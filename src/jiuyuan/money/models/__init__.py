"""The models of money, by subject."""

from jiuyuan.money.models.batches import Payment, PaymentBatch, PaymentResult, PaymentSignature
from jiuyuan.money.models.claims import LIVE, Claim, ClaimLine
from jiuyuan.money.models.employers import EmployerAccount, EmployerClaim
from jiuyuan.money.models.letters import ClaimRefusalLetter
from jiuyuan.money.models.notices import SchemeNotice
from jiuyuan.money.models.unclaimed import UnclaimedScheme

__all__ = [
    "LIVE",
    "Claim",
    "ClaimLine",
    "ClaimRefusalLetter",
    "EmployerAccount",
    "EmployerClaim",
    "Payment",
    "PaymentBatch",
    "PaymentResult",
    "PaymentSignature",
    "SchemeNotice",
    "UnclaimedScheme",
]
