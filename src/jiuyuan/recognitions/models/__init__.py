"""The models of the register, by subject."""

from jiuyuan.recognitions.models.night import NightlyRun, Warning
from jiuyuan.recognitions.models.recognition import (
    EVIDENCE_LENGTH,
    ExitNotice,
    ExitObjection,
    ExitProposal,
    Investigation,
    InvestigationEvidence,
    Recognition,
)
from jiuyuan.recognitions.models.visits import Visit, VisitPhoto

__all__ = [
    "EVIDENCE_LENGTH",
    "ExitNotice",
    "ExitObjection",
    "ExitProposal",
    "Investigation",
    "InvestigationEvidence",
    "NightlyRun",
    "Recognition",
    "Visit",
    "VisitPhoto",
    "Warning",
]
