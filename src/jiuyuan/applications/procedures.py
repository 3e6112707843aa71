"""The workflows of cases and leads, and input reviewed before saving. `procedures` imports this module at start."""

from jiuyuan.applications import withdrawn_basis
from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.people.sources import reversal

__all__ = ["APPLICATION", "LEAD"]

reversal.LOOK_AGAIN.append(withdrawn_basis.look_again)
