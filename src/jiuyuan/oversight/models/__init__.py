"""The models of supervision (五(三))."""

from jiuyuan.oversight.models.article import Article
from jiuyuan.oversight.models.doubts import Doubt
from jiuyuan.oversight.models.handovers import Handover
from jiuyuan.oversight.models.inspections import INSPECTORS, InspectedCase, Inspection, InspectionFinding, Population
from jiuyuan.oversight.models.local_rule import LocalRule
from jiuyuan.oversight.models.misconduct import Misconduct
from jiuyuan.oversight.models.parameter import Parameter
from jiuyuan.oversight.models.periods import ClosedFigure, FigurePeriod, LaterChange
from jiuyuan.oversight.models.recoveries import Recovery, RecoveryLetter, RecoveryMonth, RecoveryPayment
from jiuyuan.oversight.models.reorganisation import Reorganisation
from jiuyuan.oversight.models.staff_training import StaffTraining
from jiuyuan.oversight.models.supervision import SupervisionOrder
from jiuyuan.oversight.models.tallies import FigureTally, PersonShare, TallyState
from jiuyuan.oversight.models.targets import Target

__all__ = [
    "INSPECTORS",
    "Article",
    "ClosedFigure",
    "Doubt",
    "FigurePeriod",
    "FigureTally",
    "Handover",
    "InspectedCase",
    "Inspection",
    "InspectionFinding",
    "LaterChange",
    "LocalRule",
    "Misconduct",
    "Parameter",
    "PersonShare",
    "Population",
    "Recovery",
    "RecoveryLetter",
    "RecoveryMonth",
    "RecoveryPayment",
    "Reorganisation",
    "StaffTraining",
    "SupervisionOrder",
    "TallyState",
    "Target",
]
