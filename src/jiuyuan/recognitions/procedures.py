"""The workflows of the register: `procedures` finds them here at start."""

from jiuyuan.recognitions.visit_workflow import VISIT
from jiuyuan.recognitions.workflow import INVESTIGATION, OBJECTION, PROPOSAL, RECOGNITION

__all__ = ["INVESTIGATION", "OBJECTION", "PROPOSAL", "RECOGNITION", "VISIT"]
