"""What money has of workflows, of the night and of the record's proof: found here at start."""

from jiuyuan.money import nightly, replay
from jiuyuan.money.batch_workflow import PAYMENT
from jiuyuan.money.claim_workflow import CLAIM

__all__ = ["CLAIM", "PAYMENT", "nightly", "replay"]
