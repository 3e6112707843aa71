"""The workflows of the register, and input reviewed before saving. `procedures` imports this module at start."""

from jiuyuan.people.sources import reversal
from jiuyuan.recognitions import withdrawn_basis
from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.recognitions.workflow import INVESTIGATION, OBJECTION, PROPOSAL, RECOGNITION

__all__ = ["INVESTIGATION", "OBJECTION", "PROPOSAL", "RECOGNITION", "VISIT"]

reversal.LOOK_AGAIN.append(withdrawn_basis.look_again)
