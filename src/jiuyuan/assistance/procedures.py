"""The workflows of help, and its part of the night: found here at start."""

from jiuyuan.assistance import nightly
from jiuyuan.assistance.vacancy_workflow import VACANCY

__all__ = ["VACANCY", "nightly"]
