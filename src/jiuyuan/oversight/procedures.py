"""The workflows of supervision, and their part of the record's proof: found here at start."""

from jiuyuan.oversight import replay
from jiuyuan.oversight.supervision_workflow import SUPERVISION

__all__ = ["SUPERVISION", "replay"]
