"""What money has of workflows, of the night and of the record's proof: found here at start."""

from jiuyuan.money import nightly, replay
from jiuyuan.money.claim_workflow import CLAIM

__all__ = ["CLAIM", "nightly", "replay"]
