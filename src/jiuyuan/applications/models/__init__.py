"""The models of applications, by subject."""

from jiuyuan.applications.models.agents import Agent
from jiuyuan.applications.models.application import (
    NOT_OURS,
    Application,
    Batch,
    Channel,
    DueState,
    Material,
    Objection,
    PublicNotice,
    SpecialCase,
    SpecialCaseOpinion,
)
from jiuyuan.applications.models.decisions import Decision, Letter, NoticeSheet, Opinion, SealedForm
from jiuyuan.applications.models.leads import Extract, Lead, LeadCall

__all__ = [
    "NOT_OURS",
    "Agent",
    "Application",
    "Batch",
    "Channel",
    "Decision",
    "DueState",
    "Extract",
    "Lead",
    "LeadCall",
    "Letter",
    "Material",
    "NoticeSheet",
    "Objection",
    "Opinion",
    "PublicNotice",
    "SealedForm",
    "SpecialCase",
    "SpecialCaseOpinion",
]
