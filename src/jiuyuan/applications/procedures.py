"""The workflows of cases and leads: `procedures` finds them here at start."""

from jiuyuan.applications.lead_workflow import LEAD
from jiuyuan.applications.workflow import APPLICATION

__all__ = ["APPLICATION", "LEAD"]
