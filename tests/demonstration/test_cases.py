"""What a newcomer finds: every state, every kind of trouble, in four regions, with a record that holds."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import global_settings
from django.contrib.auth import authenticate
from django.db.models import F
from stdnum.cn.ric import calc_check_digit

from jiuyuan import clock
from jiuyuan.agencies.models import Division, User
from jiuyuan.agencies.roles import Role
from jiuyuan.applications.case import Case
from jiuyuan.applications.models import Application, Lead
from jiuyuan.applications.replay import verify_state
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.assistance.models import (
    Attendance,
    Course,
    Enrolment,
    FollowUp,
    JobOffer,
    Placement,
    Plan,
    PostAttendance,
    PublicPost,
    ServiceRefusal,
    Vacancy,
    Venture,
)
from jiuyuan.demonstration import accounts
from jiuyuan.demonstration.invented import Inventor
from jiuyuan.history import sealing
from jiuyuan.history import services as history
from jiuyuan.history.models import Digest, Entry
from jiuyuan.money.models import Claim, EmployerClaim, PaymentBatch
from jiuyuan.notifications.models import Message
from jiuyuan.oversight import soon_late_notices
from jiuyuan.oversight.models import Article, Doubt, Inspection, InspectionFinding, LaterChange, LocalRule, Target
from jiuyuan.oversight.trained import staff_of
from jiuyuan.people import bank_accounts
from jiuyuan.people.models import CorrectionRequest, FamilyCertification, ImportBatch, Person
from jiuyuan.printing import glyphs
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation, NightlyRun, Recognition
from jiuyuan.regions import registry
from jiuyuan.rules import calendar
from tests.conftest import TODAY

# The demonstration is made once: two workers would make two.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made"), pytest.mark.xdist_group("demonstration")]


def cases(**filters):
    rows = Application.objects.unscoped().filter(**filters).select_related("person__account", "agency")
    return [Case(application, None) for application in rows.order_by("pk")]


def test_about_three_hundred_people_applied():
    assert 280 <= Person.objects.unscoped().count() <= 320
    assert Application.objects.unscoped().count() >= Person.objects.unscoped().count()


def test_every_state_has_a_case_at_the_clerks_own_street():
    states = Counter(Application.objects.unscoped().filter(agency__code="220102001").values_list("status", flat=True))
    assert set(states) == set(APPLICATION.states)


def test_there_are_cases_in_four_regions():
    areas = set(Application.objects.unscoped().values_list("area", flat=True))
    assert {area.split("/")[1] for area in areas} == {"2201", "2202", "MHK", "CBS"}


def test_every_category_is_claimed_and_recognised():
    codes = {category.code for category in next(registry.policies()).categories}
    assert {code for case in cases() for code in case.application.categories} == codes
    assert set(Recognition.objects.unscoped().values_list("category", flat=True)) == codes


@pytest.mark.parametrize("agency", ["220102001", None])
def test_some_cases_are_due_today_some_are_overdue_some_will_be_soon(agency):
    filters = {"agency__code": agency} if agency else {}
    running = [case for case in cases(**filters) if case.days_left is not None]
    assert [case for case in running if case.application.due_on == TODAY]
    assert [case for case in running if case.overdue]
    assert [case for case in running if 0 < case.days_left <= 3]
    assert all(case.days_left > -10 for case in running), "overdue as it happens, not forgotten"


def test_some_notices_run_and_some_are_over_and_can_be_endorsed():
    notices = [case.notice for case in cases(status="publishing") if not case.objections]
    assert [n for n in notices if n.ends_on >= TODAY]
    assert [n for n in notices if n.ends_on < TODAY]


def test_objections_are_open_dismissed_and_upheld():
    answers = {(case.application.status, o.upheld) for case in cases() for o in case.objections}
    assert {("publishing", None), ("publishing", False), ("rejected", True)} <= answers


def test_special_cases_wait_for_a_voice_and_were_settled_by_two():
    special = [s for case in cases() for s in case.special_cases]
    assert {s.opinions.count() for s in special if s.granted is None} == {0, 1}
    settled = [s for s in special if s.granted]
    assert settled
    assert all(s.opinions.values("reviewer").distinct().count() == 2 for s in settled)


def test_contradictory_facts_stand_in_a_case_that_waits():
    found = [case for case in cases(status="accepted") if case.contradictions]
    assert {item.name for case in found for item in case.contradictions} == {"business_registered"}


def test_disputed_record_counts_as_unknown():
    found = [case for case in cases(status="accepted") if case.disputed]
    assert found
    assert {case.decision.outcome for case in found} == {"undetermined"}


def test_second_rounds_are_under_way_and_came_to_an_end():
    states = {case.application.status for case in cases(round__gt=1)}
    assert {"accepted", "publishing", "recognised"} <= states


def test_register_has_people_on_it_people_who_left_and_one_who_came_back():
    rows = Recognition.objects.unscoped()
    assert rows.filter(status="active").count() > 60
    assert rows.filter(status="ended").values("ground").distinct().count() >= 4
    assert rows.filter(status="active", former__status="ended").exists()


def test_last_night_found_exits_and_started_investigations():
    night = NightlyRun.objects.get()
    assert night.finished_at is not None and night.day < TODAY
    proposals = ExitProposal.objects.unscoped().filter(status="open")
    assert {proposal.ground for proposal in proposals} == {"pension_or_retirement", "left_scope", "withdrew_or_refused"}
    assert Investigation.objects.unscoped().filter(status="open").count() >= 2
    heard = Investigation.objects.unscoped().get(status="told")
    assert heard.opened_by_name != "系统夜间核查"
    assert heard.response, "told, and heard before anybody decides"


def test_an_exit_is_contested_a_family_certified_and_a_correction_asked_for():
    assert ExitObjection.objects.unscoped().get().decided_on is None
    waiting, cleared = FamilyCertification.objects.unscoped().order_by(F("cleared_on").asc(nulls_first=True))
    assert (waiting.cleared_on, waiting.cleared_because) == (None, "")
    assert cleared.cleared_on <= cleared.due_on
    stay = Recognition.objects.unscoped().get(person=cleared.person, status="active")
    [offer] = JobOffer.objects.unscoped().filter(recognition=stay)
    assert (offer.status, offer.begins_on <= cleared.cleared_on) == ("taken_on", True)
    assert CorrectionRequest.objects.unscoped().get().granted is None


def test_a_list_was_screened_and_a_department_sent_a_file_with_one_row_that_cannot_be():
    assert Lead.objects.unscoped().filter(status="new").count() >= 5
    assert set(Lead.objects.unscoped().values_list("agency__code", flat=True)) == {"220102001", "220102002"}
    batch = ImportBatch.objects.unscoped().get(kind="social_insurance")
    assert batch.status == "done"
    assert batch.counts["rejected"] == 1


def test_a_fair_sent_vacancies_half_of_them_faulty():
    assert ImportBatch.objects.unscoped().get(kind="vacancies").counts == {"changed": 3, "rejected": 3}


def test_ended_recognition_has_ground_day_evidence_and_who_decided():
    for row in Recognition.objects.unscoped().filter(status="ended"):
        assert row.ground and row.evidence and row.ended_by_name
        assert row.recognised_on < row.ended_on <= TODAY


def test_acts_lie_on_working_days_in_office_hours_over_more_than_a_year():
    """But for those of the day itself: they lie before the moment at which it was made, however early that was."""
    at = sorted(entry.at.astimezone(clock.CHINA) for entry in Entry.objects.unscoped())
    people = [e.at.astimezone(clock.CHINA) for e in Entry.objects.unscoped().exclude(role=history.SYSTEM.role)]
    before = [moment for moment in people if moment.date() < TODAY]
    assert all(calendar.is_workday(moment.date()) and 8 <= moment.hour < 18 for moment in before)
    assert at[0].date() < TODAY - timedelta(days=400)
    assert at[-1].date() == TODAY


def test_nobody_decided_alone():
    """Who endorsed did not recognise, and every act was one that the table gives to that role."""
    for case in cases(status="recognised"):
        by = {entry.action: entry.actor for entry in case.acts}
        assert by["endorse"] != by["recognise"]


def test_record_holds_and_every_day_but_today_is_sealed(made):
    assert list(sealing.verify(made / "digests.jsonl")) == []
    assert Digest.objects.order_by("-day").first().day < TODAY
    assert Digest.objects.count() > 300


def kind_of_file(file: str) -> str:
    """What a file of the record is about."""
    return file.partition(":")[0]


def test_everything_that_stands_went_through_the_record():
    """No application, recognition, person, vacancy or course without its chain: nothing was written past the services."""
    files = set(Entry.objects.unscoped().values_list("file", flat=True))
    there = [model.objects.unscoped() for model in (Application, Person, Vacancy, PublicPost, Course, PaymentBatch)]
    stand = {row.file for rows_ in there for row in rows_}
    kinds = {kind_of_file(file) for file in stand}
    assert stand == {file for file in files if kind_of_file(file) in kinds}
    for case in cases():
        moved = [e.payload["to"] for e in case.acts if "to" in e.payload]
        assert (moved or ["draft"])[-1] == case.application.status


def test_a_city_has_a_rule_in_force_and_one_that_is_over_an_article_and_staff_of_whom_half_are_trained():
    rules = {rule.status: rule for rule in LocalRule.objects.unscoped()}
    assert set(rules) == {"published", "expired"}
    assert rules["published"].in_force(TODAY)
    assert not rules["expired"].in_force(TODAY)
    assert Article.objects.unscoped().get().status == "published"
    trained = staff_of(User.objects.get(username="supervisor"))
    passed = [one for one in trained if one.passed_on]
    assert 0.3 * len(trained) <= len(passed) <= 0.7 * len(trained)


def test_public_posts_stand_in_every_state_and_so_do_placements():
    assert set(PublicPost.objects.unscoped().values_list("status", flat=True)) == set(PublicPost.Status.values)
    assert set(Placement.objects.unscoped().values_list("status", flat=True)) == set(Placement.Status.values)
    assert PostAttendance.objects.unscoped().count() == 1


def test_people_who_found_work_were_followed_up_and_one_is_due():
    found = list(FollowUp.objects.unscoped().values_list("status", "months"))
    assert sorted(found) == [("lost", 1), ("working", 1), ("working", 1)]
    in_work = JobOffer.objects.unscoped().filter(
        status="taken_on", follow_ups=None, offered_on__lt=TODAY - timedelta(days=40)
    )
    assert in_work.count() == 1


def test_offers_stand_in_every_state_and_a_refusal_was_heard_and_excused():
    excused = ServiceRefusal.objects.unscoped().get(status="excused")
    assert excused.response != ""
    assert set(JobOffer.objects.unscoped().values_list("status", flat=True)) == set(JobOffer.Status.values)


def test_a_class_stands_in_each_state_with_those_who_came_and_somebody_opened_a_shop():
    assert {course.status for course in Course.objects.unscoped()} == set(Course.Status.values)
    assert {seat.passed for seat in Enrolment.objects.unscoped()} == {True, False, None}
    assert Attendance.objects.unscoped().filter(hours__gt=0).count() > 10
    assert [venture.status for venture in Venture.objects.unscoped()] == ["registered"]


def test_id_numbers_are_right_and_some_carry_codes_that_no_list_knows_any_more():
    known = set(Division.objects.values_list("code", flat=True))
    numbers = [person.id_number for person in Person.objects.unscoped()]
    assert all(calc_check_digit(number) == number[17] for number in numbers)
    assert {number[:6] for number in numbers if number.startswith("22")} - known


def test_names_include_those_that_systems_stumble_over():
    names = "".join(Person.objects.unscoped().values_list("name", flat=True))
    assert all(rare in names for rare in ("𠮷", "䶮", "欧阳", "·"))
    assert glyphs.missing(names) == []


def test_addresses_lie_where_the_platform_is():
    for person in Person.objects.unscoped().select_related("agency"):
        place = person.agency.divisions.get()
        assert place.name in person.address


def test_same_people_are_invented_each_time():
    platform = Application.objects.unscoped().first().agency
    first, second = (Inventor(7).person(platform, "older", TODAY) for _ in range(2))
    assert first == second


def test_papers_are_marked_as_samples_and_belong_to_the_case():
    for case in cases(status="submitted"):
        assert case.missing_materials == []
    types = {m.document.content_type for case in cases() for m in case.materials}
    assert types == {"image/jpeg", "application/pdf"}


def test_accounts_of_the_contract_log_in_with_the_one_password(made, settings):
    settings.AUTHENTICATION_BACKENDS = ["jiuyuan.agencies.backends.WithAgency"]
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    word = accounts.password(made)
    seats = {
        "clerk": (Role.CLERK, "220102001"),
        "clerk2": (Role.CLERK, "220204001"),
        "reviewer": (Role.REVIEWER, "220102"),
        "reviewer2": (Role.REVIEWER, "220102"),
        "reviewer3": (Role.REVIEWER, "220204"),
        "supervisor": (Role.SUPERVISOR, "2201"),
        "province": (Role.PROVINCE, "22"),
        "auditor": (Role.AUDITOR, "22"),
        "finance": (Role.FINANCE, "220102"),
    }
    for username, (role, agency) in seats.items():
        user = authenticate(username=username, password=word)
        assert (user.role, user.agency.code) == (role, agency)
    assert authenticate(username="applicant", password=word).role == Role.APPLICANT
    assert authenticate(username="clerk", password="another") is None


def test_a_batch_was_paid_with_two_lines_returned_and_an_account_of_two_people():
    batch, waits = PaymentBatch.objects.unscoped().order_by("pk")
    assert waits.status == "frozen"
    paid = batch.payments.order_by("number")
    assert (batch.status, batch.area) == ("settled", User.objects.get(username="finance").area)
    assert [one.status for one in paid].count("returned") == 2
    assert "虚构" in batch.rate_source
    assert bank_accounts.others_with(paid.last().account) == 1


def test_claims_stand_in_every_state_and_an_employer_claims_by_a_link():
    claims = Claim.objects.unscoped()
    assert set(claims.values_list("status", flat=True)) == set(Claim.Status.values)
    taken_over, asked = EmployerClaim.objects.unscoped().order_by("pk")
    assert [bool(one["claim"]) for one in taken_over.results] == [True, False]
    assert asked.status == "asked"
    unknown = claims.filter(
        first=True, basis__retirement_month=None, person__sex="female", person__known_facts__retirement_track=None
    )
    assert unknown.exists(), "a woman whose track is unknown"
    of_a_post = claims.get(scheme="public_post")
    answers = {(one["code"], one["answer"]) for one in of_a_post.checks}
    assert ("on_post", "unknown") in answers, "a post whose month is missing"


def test_what_was_looked_into_and_counted_stands_there():
    doubt = Doubt.objects.unscoped().filter(status="confirmed").first()
    assert doubt is not None and doubt.recoveries.get().status == "intended"
    assert Inspection.objects.unscoped().get().status == "drawn"
    assert InspectionFinding.objects.unscoped().get().status == "answered"
    assert LaterChange.objects.unscoped().exists(), "a closed month with a later correction"
    assert Target.objects.unscoped().filter(status="draft").exists()


def test_applicant_is_a_person_of_the_clerks_street_and_has_something_to_do():
    person = User.objects.get(username="applicant").person
    assert person.agency.code == "220102001"
    assert person.applications.get().status == "correction"


def test_somebody_who_is_helped_can_log_in(made):
    account = User.objects.get(username="applicant3")
    person = account.person
    assert person.name == account.name
    stay = Recognition.objects.unscoped().get(person=person, status="active")
    assert Plan.objects.unscoped().filter(recognition=stay, status="active").exists()
    assert JobOffer.objects.unscoped().filter(plan__recognition=stay).exists()


def test_password_can_be_read_by_its_owner_alone(made):
    assert (made / "password").stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d{4}", accounts.password(made))


@pytest.mark.parametrize("status", list(APPLICATION.states))
def test_form_of_a_case_can_be_printed_in_every_state(status):
    from jiuyuan.applications import printed_form

    data = printed_form.form_data(cases(status=status)[0])
    assert data.name
    assert data.address
    assert data.own["residence_kind"]


def test_record_replayed_makes_the_tables_of_the_whole_demonstration(made):
    assert list(verify_state(lambda done: None, Counter())) == []


def test_a_helper_left_and_nobody_was_left_alone():
    closed = User.objects.get(username="helper", is_active=False)
    assert not Plan.objects.unscoped().filter(helper=closed, status__in=["draft", "active"]).exists()
    assert Entry.objects.unscoped().filter(file=closed.file, action="help_handed_over").count() == 1


def test_the_office_and_the_supervisor_are_told_of_an_order_before_it_is_late():
    letters = Message.objects.unscoped().filter(code=soon_late_notices.MATTER, file__startswith="supervision:")
    told = {User.objects.get(username=one.recipient).role for one in letters}
    assert {Role.CLERK, Role.SUPERVISOR} <= told
    assert {one.title for one in letters} == {"快到期：答复督办"}
