"""Registers the workflows of money, and its steps of the nightly run and of verification, at start."""

from jiuyuan.money import claim_duties, file_of_policies, nightly, replay
from jiuyuan.money.batch_workflow import PAYMENT
from jiuyuan.money.claim_workflow import CLAIM
from jiuyuan.money.employer_claim_workflow import EMPLOYER_CLAIM
from jiuyuan.money.notice_workflow import SCHEME_NOTICE

__all__ = [
    "CLAIM",
    "EMPLOYER_CLAIM",
    "PAYMENT",
    "SCHEME_NOTICE",
    "claim_duties",
    "file_of_policies",
    "nightly",
    "replay",
]
