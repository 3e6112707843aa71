"""Registers claims for the replay of people's files."""

from jiuyuan.money.models import Claim, ClaimLine, SchemeNotice
from jiuyuan.recognitions import replay as register

register.also(
    {"claim_made": (Claim, ClaimLine), "scheme_told": (SchemeNotice,)},
    (
        "claim_submitted", "claim_checked", "claim_reviewed", "claim_sent_back", "claim_published", "claim_approved",
        "claim_refused", "claim_withdrawn", "claim_in_batch", "claim_out_of_batch", "claim_paid", "claim_payment_returned",
        "claim_account_confirmed",
        "claim_closed", "scheme_silenced",
    ),
    {Claim: "person", ClaimLine: "person", SchemeNotice: "person"},
)  # fmt: skip
