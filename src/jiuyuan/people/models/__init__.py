"""The models of people, by subject."""

from jiuyuan.people.models.bank import BankAccount
from jiuyuan.people.models.changes import CorrectionRequest, FamilyCertification, FileChange
from jiuyuan.people.models.enquiries import Enquiry
from jiuyuan.people.models.imports import ImportBatch, ImportRow, InsuranceMonth, LicenceRecord
from jiuyuan.people.models.person import BindingCode, Document, Fact, HouseholdMember, KnownFacts, Person, Source

__all__ = [
    "BankAccount",
    "BindingCode",
    "CorrectionRequest",
    "Document",
    "Enquiry",
    "Fact",
    "FamilyCertification",
    "FileChange",
    "HouseholdMember",
    "ImportBatch",
    "ImportRow",
    "InsuranceMonth",
    "KnownFacts",
    "LicenceRecord",
    "Person",
    "Source",
]
