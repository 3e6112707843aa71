"""The workflows of people's files. `procedures` imports this module at start."""

from jiuyuan.people.corrections import CORRECTION
from jiuyuan.people.families import FAMILY
from jiuyuan.people.merging import FILE_CHANGE
from jiuyuan.people.sources.workflow import IMPORT

__all__ = ["CORRECTION", "FAMILY", "FILE_CHANGE", "IMPORT"]
