"""The exported fields of each model, listed explicitly, so that new fields are not exported until somebody decides.

Not exported: storage details (indexes, digests, places), names of staff, and what an office considers before
telling the person.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q

_BY_MODEL: dict[str, str] = {
    "people.Person": "name id_number birth_date sex phone address created_at",
    "people.Fact": (
        "name value source department evidence observed_on recorded_at recorded_by_name settlement disputed dispute "
        "withdrawn_at"
    ),
    "people.KnownFacts": (
        "contradicted own birth_date sex retirement_track hukou_division hukou_kind urban_resident residence_division "
        "able_to_work wants_work registered_unemployed unemployed_since laid_off_from_state_enterprise "
        "disability_certificate zero_employment_family urban_minimum_allowance land_requisition_level "
        "contracted_land_fully_lost left_school_on degree_level degree_full_time degree_domestic ever_employed ever_insured "
        "in_labour_relationship insured_by_employer business_registered company_office_held income_stable monthly_income "
        "local_minimum_wage other_exclusion receives_pension assistance_granted assistance_ends_on enrolled_in_school "
        "in_military_service deceased moved_out_of_province imprisoned withdrew service_refusals fraud_found "
        "disqualification_confirmed assisted_employment registration_cancelled"
    ),
    "people.Document": "kind content_type pages size file_name added_at part warnings",
    "people.HouseholdMember": "name id_number relation state recorded_at",
    "people.BankAccount": "number holder bank entered_at entered_by_name",
    "people.CorrectionRequest": "what wanted reason asked_on due_on granted answer answered_on answered_by_name",
    "people.FamilyCertification": ("members ground certified_on certified_by_name due_on cleared_on cleared_because"),
    "people.InsuranceMonth": "month payer employer paid observed_on",
    "people.LicenceRecord": "licence part organisation status changed_on observed_on row withdrawn_at",
    "applications.Batch": "number created_at",
    "applications.Application": (
        "number region scheme policy channel categories details status round created_at submitted_on signed carried "
        "accepted_on due_on due_state finished_on sort_on corrections correction_pages correct_by"
    ),
    "applications.Material": "kind removed_at",
    "applications.PublicNotice": "posted_on ends_on provisional taken_down_on result",
    "applications.SpecialCase": "round question clauses raised_by_name raised_on granted settled_on",
    "applications.Agent": "name id_number relation phone recorded_at",
    "applications.Decision": "action as_of policy facts parameters answer refusal made_at",
    "applications.Opinion": "round action text officer_name given_on",
    "applications.SealedForm": "sealed_at",
    "applications.Letter": "kind issued_on officer_name said sealed_at",
    "recognitions.Recognition": (
        "number category recognised_on recognised_by_name region scheme policy carried_over status ground ended_on case "
        "annulled evidence basis ended_by_name decided_on"
    ),
    "recognitions.ExitObjection": (
        "reason made_on ground case annulled ended_on evidence basis ended_by_name upheld finding decided_on decided_by_name"
    ),
    "recognitions.ExitNotice": "made_at",
    "assistance.Interview": "status on means ability wishes services_wanted limits note held_by_name",
    "assistance.Plan": (
        "status goal reasons made_on agreed_on agreed_how unsigned_because reviewed_on result next_on ended_on"
    ),
    "assistance.Measure": "kind what due_on status result ended_on",
    "assistance.Appointment": (
        "status kind on time place means invited_on proof proven_on ended_on ended_by_name words"
    ),
    "assistance.Enrolment": (
        "status enrolled_on ended_on passed certificate_no dropped_because charged charged_for refunded_on refund_proof"
    ),
    "assistance.Attendance": "on hours by_name",
    "assistance.JobOffer": (
        "status means offered_on answer_by to_many fits suitable_because uncounted proof as_it_stood answered_on "
        "answered_by_name reason words applied_on begins_on ended_on not_taken_because"
    ),
    "assistance.Placement": (
        "status term no_relative tried_ground order_ground severe proposed_on agreed_on agreed_ground posted_on "
        "notice_ends_on provisional signed_on begins_on until warned_on ended_on ending ended_words reported_on"
    ),
    "assistance.PostAttendance": "month days left_on note by_employer written_on written_by_name",
    "assistance.Venture": (
        "status idea begun_on advice trained_on trained_in loan loan_on bank told_on business_name business_code "
        "registered_on alive_on alive_how ended_on reason"
    ),
    "assistance.FollowUp": "months status on means wage_paid insured note by_name",
    "assistance.ServiceRefusal": (
        "status refused_on told_on told_how told_proof answer_by responded_on response decided_on ground"
    ),
    "assistance.RefusalNotice": "made_at",
    "money.Claim": (
        "region scheme from_month to_month claimant status claimed_on submitted_on checks checked_on reviewed_on "
        "review_ground posted_on notice_ends_on provisional approved_on first basis ended_on reason clause"
    ),
    "money.ClaimLine": "scheme month occasion amount amount_source rests_on status reason",
    "money.ClaimRefusalLetter": "made_at",
    "assistance.ServiceRating": "mark knows words rated_on changed_on",
    "money.SchemeNotice": "scheme status told_on silenced_on",
    "money.Payment": "number from_month to_month months amount status reason result_on",
    "oversight.Recovery": (
        "why facts law claimed corrected paid intended_on speak_by spoken_on heard_on words decided_on number reason pay_by account "
        "remedies served_on served_how served_proof urged_on court to_court_on ended_on ended_words"
    ),
    "oversight.RecoveryMonth": "month amount corrected",
    "oversight.RecoveryPayment": "on amount proof",
    "oversight.RecoveryLetter": "kind ordered_on",
}
#: For models whose rows are written before the person is told: the rows they were told of.
_TOLD: dict[str, Q] = {
    "assistance.ServiceRefusal": Q(told_on__isnull=False),
    "assistance.RefusalNotice": Q(refusal__told_on__isnull=False),
    "oversight.Recovery": Q(intended_on__isnull=False),
    "oversight.RecoveryMonth": Q(recovery__intended_on__isnull=False),
    "oversight.RecoveryPayment": Q(recovery__served_on__isnull=False),
    "oversight.RecoveryLetter": Q(recovery__served_on__isnull=False) | ~Q(kind="recovery_decided"),
}
#: The columns of a decision, disclosed on service.
_DECISION = frozenset({"corrected", "decided_on", "number", "reason", "pay_by", "account", "remedies"})


def fields(model: type[models.Model]) -> Sequence[str]:
    """The exported fields; empty for models not listed here."""
    return _BY_MODEL.get(model._meta.label, "").split()


def told(model: type[models.Model]) -> Q:
    """The rows of a model that the person knows of."""
    return _TOLD.get(model._meta.label, Q())


def withheld(row: Any) -> frozenset[str]:
    """The columns of a row not yet disclosed."""
    label = row._meta.label
    if label not in ("oversight.Recovery", "oversight.RecoveryMonth"):
        return frozenset()
    recovery = row if label == "oversight.Recovery" else row.recovery
    return frozenset() if recovery.served_on else _DECISION
