"""The workflows of supervision, the figures, and their part of the record's proof: found here at start."""

from jiuyuan.oversight import replay
from jiuyuan.oversight.figures import closing, corrections, definitions
from jiuyuan.oversight.period_workflow import PERIOD
from jiuyuan.oversight.supervision_workflow import SUPERVISION
from jiuyuan.oversight.target_workflow import TARGET

__all__ = ["PERIOD", "SUPERVISION", "TARGET", "closing", "corrections", "definitions", "replay"]
