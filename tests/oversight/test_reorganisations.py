"""An office merged, split or put below another: what is open goes on there, each file says so, and a later act undoes it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, Relative
from jiuyuan.agencies.queries import platform_for
from jiuyuan.applications import replay as cases_replay
from jiuyuan.applications.models import Application
from jiuyuan.assistance import replay as help_replay
from jiuyuan.assistance.duty_index import faults as faults_of_duties
from jiuyuan.history.models import Entry
from jiuyuan.oversight import relocating, reorganisation_plan, reorganising
from jiuyuan.oversight import replay as oversight_replay
from jiuyuan.oversight.reorganisation_workflow import REORGANISATION
from jiuyuan.people import offices
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import BadInput, GuardNotMet, NotForRole, OwnMatter
from jiuyuan.worker import queue
from jiuyuan.worker.kinds import JobKind
from tests.assistance.plans import a_plan
from tests.factories import OTHER_PLATFORM, PLATFORM, a_case, an_applicant, staff
from tests.jobs import work
from tests.oversight.reorganisations import (
    ABOVE,
    DOCUMENT,
    INTO,
    SAID,
    agency,
    as_it_stands,
    done,
    drafted,
    now,
    ordered,
    returned,
)

pytestmark = pytest.mark.django_db


def case_of(case: Application) -> Application:
    return Application.objects.unscoped().select_related("agency").get(pk=case.pk)


def record_differs() -> Iterator[str]:
    for part in (cases_replay, help_replay, oversight_replay):
        yield from part.verify_state(lambda done: None, Counter())


def test_cases_people_the_register_and_accounts_come_along_and_the_other_office_goes_on():
    clerk = staff("clerk")
    case, recognised = a_case("accepted", clerk=clerk), a_case("recognised", an_applicant("1985-04-02", name="肖月华"))
    assert not Application.objects.visible_to(staff("clerk", at=INTO)).exists()
    assert done().status == "done"
    there = staff("clerk", at=INTO)
    found = Application.objects.visible_to(there).get(pk=case.pk)
    assert (found.agency.code, found.area) == (INTO, agency(INTO).path)
    assert Person.objects.visible_to(there).filter(pk__in=(case.person_id, recognised.person_id)).count() == 2
    assert Recognition.objects.unscoped().get().area == agency(INTO).path
    clerk.refresh_from_db()
    assert clerk.agency == agency(INTO) == platform_for(PLATFORM)
    assert agency(PLATFORM).closed_on is not None
    acts = Entry.objects.of(case.file).order_by("-seq")
    assert (acts[0].action, acts[0].payload["reason"]) == ("agency_merged", DOCUMENT)


@pytest.mark.parametrize("action", SAID)
def test_the_record_still_replays_into_the_tables_before_and_after_it_is_undone(action):
    a_case("accepted")
    stay = a_case("recognised", an_applicant("1985-04-02", name="肖月华", address="新春社区3栋"))
    row = done(action)
    assert list(record_differs()) == []
    returned(row)
    assert list(record_differs()) == []
    assert Person.objects.unscoped().get(pk=stay.person_id).area == agency(PLATFORM).path


def test_a_merger_is_undone_and_what_began_since_stays():
    case = a_case("accepted")
    row = done()
    since = a_case("submitted", an_applicant("1985-04-02", platform=INTO), clerk=staff("clerk", at=INTO))
    assert returned(row).status == "returned"
    back = case_of(case)
    assert (back.agency.code, back.area) == (PLATFORM, agency(PLATFORM).path)
    assert case_of(since).area == agency(INTO).path
    assert agency(PLATFORM).closed_on is None
    assert platform_for(PLATFORM) == agency(PLATFORM)


def test_of_a_part_those_go_who_live_there_with_their_cases_and_the_accounts_that_were_named():
    clerk, stays = staff("clerk"), staff("clerk")
    goes = a_case("accepted", an_applicant(address="新春社区3栋2单元"), clerk=clerk)
    left = a_case("accepted", an_applicant("1985-04-02", address="永宁社区1栋"), clerk=clerk)
    row = done("draft_split", accounts=[clerk.username])
    assert [case_of(one).agency.code for one in (goes, left)] == [INTO, PLATFORM]
    clerk.refresh_from_db()
    stays.refresh_from_db()
    assert [one.agency.code for one in (clerk, stays)] == [INTO, PLATFORM]
    assert agency(PLATFORM).closed_on is None
    assert f"留在{agency(PLATFORM).name}的人员1。" in row.trial
    returned(row)
    clerk.refresh_from_db()
    assert (case_of(goes).agency.code, clerk.agency.code) == (PLATFORM, PLATFORM)


def test_an_office_below_another_keeps_its_people_and_is_seen_from_there_alone():
    case = a_case("accepted")
    assert Application.objects.visible_to(staff("reviewer")).exists()
    row = done("draft_move")
    moved = agency(PLATFORM)
    assert (moved.parent.code, moved.path) == (ABOVE, f"22/2201/{ABOVE}/{PLATFORM}/")
    assert Application.objects.visible_to(staff("clerk")).get() == case
    assert not Application.objects.visible_to(staff("reviewer")).exists()
    assert Application.objects.visible_to(staff("reviewer", at=ABOVE)).exists()
    returned(row)
    assert (agency(PLATFORM).parent.code, case_of(case).area) == ("220102", agency(PLATFORM).path)


def test_a_county_is_merged_with_all_below_it():
    case = a_case("accepted")
    reviewer = staff("reviewer")
    below = agency("220102").children.count()
    row = done(office="220102", other=ABOVE)
    reviewer.refresh_from_db()
    assert (reviewer.agency.code, case_of(case).area) == (ABOVE, f"22/2201/{ABOVE}/{PLATFORM}/")
    assert agency("220102").children.count() == 0
    assert list(record_differs()) == []
    returned(row)
    reviewer.refresh_from_db()
    assert (agency("220102").children.count(), reviewer.agency.code) == (below, "220102")


def test_what_is_due_is_right_after_an_office_went():
    a_case("submitted")
    done("draft_move")
    assert list(faults_of_duties()) == []


def test_whom_it_touches_stands_there_before_anything_is_ordered():
    case = a_case("accepted")
    row = drafted()
    assert "转过去：申请1。" in row.trial
    assert any(line.startswith("转过去的账号1个") for line in row.trial)
    assert case_of(case).agency.code == PLATFORM


def test_nothing_is_split_between_a_helper_and_those_who_are_helped():
    clerk = staff("clerk")
    case = a_case("recognised", an_applicant(address="新春社区3栋"), clerk=clerk)
    a_plan(clerk, Recognition.objects.unscoped().get(person=case.person))
    row = drafted("draft_split")
    with pytest.raises(GuardNotMet) as refusal:
        engine.act(staff("supervisor"), REORGANISATION, row.pk, "order_reorganisation")
    assert clerk.name in refusal.value.title
    assert done("draft_split", accounts=[clerk.username]).status == "done"


def test_one_after_the_other_and_undone_the_other_way_round():
    first = done()
    second = done(office=INTO, other="220102003")
    with pytest.raises(GuardNotMet):
        engine.act(staff("supervisor"), REORGANISATION, first.pk, "return_reorganisation", {"reason": "错了。"})
    assert returned(second).status == "returned"
    assert returned(first).status == "returned"


def test_where_something_would_be_lost_by_then_nothing_moves_and_the_job_says_why():
    case = a_case("accepted")
    row = ordered()
    Agency.objects.filter(code=INTO).update(closed_on=clock.today())
    work(JobKind.REORGANISE)
    assert as_it_stands(row).status == "ordered"
    assert "已经撤销" in queue.latest(JobKind.REORGANISE, row.pk).failure
    assert case_of(case).agency.code == PLATFORM


def test_who_wrote_to_the_old_place_meanwhile_is_brought_after():
    row = done()
    late = a_case("submitted", an_applicant("1985-04-02", platform=INTO), clerk=staff("clerk", at=INTO))
    for model, key in ((Application, late.pk), (Person, late.person_id)):
        model.objects.unscoped().filter(pk=key).update(agency=agency(PLATFORM), area=agency(PLATFORM).path)
    with transaction.atomic():
        assert reorganising.bring_after(row) == 2
    assert case_of(late).agency.code == INTO


def test_of_a_part_what_was_written_meanwhile_about_those_who_went_comes_after_and_nothing_else():
    known = an_applicant(address="新春社区3栋2单元")
    a_case("withdrawn", known)
    row = done("draft_split")
    late, new = a_case("submitted", known), a_case("submitted", an_applicant("1985-05-02", address="新春社区8栋"))
    since, stays = a_case("submitted", an_applicant("1985-06-02", address="新春社区9栋")), a_case("submitted")
    for case in (late, new):
        Application.objects.unscoped().filter(pk=case.pk).update(agency=agency(PLATFORM), area=agency(PLATFORM).path)
    Person.objects.unscoped().filter(pk=new.person_id).update(created_at=row.began_at)
    with transaction.atomic():
        assert reorganising.bring_after(row) == 3
    assert [case_of(one).agency.code for one in (late, new, since, stays)] == [INTO, INTO, PLATFORM, PLATFORM]
    assert list(record_differs()) == []


@pytest.mark.django_db(transaction=True)
def test_a_case_opened_while_a_part_goes_and_an_office_made_while_its_parent_is_merged_do_not_stay_behind():
    known = an_applicant(address="新春社区3栋2单元")
    case = a_case("withdrawn", known)
    row, clerk = ordered("draft_split"), staff("clerk")
    written, opened = threading.Event(), []

    def opens_a_case():
        with transaction.atomic():
            opened.append(a_case("draft", known, clerk=clerk))
            written.set()
            time.sleep(2)  # the part goes meanwhile
        connection.close()

    writer = threading.Thread(target=opens_a_case)
    writer.start()
    assert written.wait(30)
    now()
    writer.join(30)
    now()
    assert as_it_stands(row).status == "done"
    assert [case_of(one).agency.code for one in (case, *opened)] == [INTO, INTO]

    held, made = threading.Event(), []

    def merges():
        with transaction.atomic():
            reorganising._lock(merged)
            held.set()
            time.sleep(1)
            Agency.objects.filter(code=PLATFORM).update(closed_on=clock.today())
        connection.close()

    merged = as_it_stands(ordered("draft_merge"))
    merger = threading.Thread(target=merges)
    merger.start()
    assert held.wait(30)
    with pytest.raises(BadInput, match="有内容需要改正"):
        made.append(offices.make(staff("supervisor"), "220102001901", PLATFORM, name="新社区"))
    merger.join(30)
    assert not made


@pytest.mark.parametrize(
    ("action", "said", "field"),
    [
        ("draft_merge", {"other": "999"}, "other"),
        ("draft_merge", {"other": "220102"}, "other"),
        ("draft_merge", {"other": PLATFORM}, "other"),
        ("draft_merge", {"other": OTHER_PLATFORM}, "other"),
        ("draft_merge", {"document": " "}, "document"),
        ("draft_merge", {"office": "2201"}, "office"),
        ("draft_split", {"addresses": []}, "places"),
        ("draft_split", {"places": ["220103001"]}, "places"),
        ("draft_split", {"accounts": ["nobody"]}, "accounts"),
        ("draft_move", {"other": "220102"}, "other"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(action, said, field):
    with pytest.raises(BadInput) as refusal:
        drafted(action, **said)
    assert field in dict(refusal.value.errors)


def test_an_office_that_went_to_another_city_meanwhile_is_not_ones_own_to_reorganise():
    row = drafted("draft_move")
    done("draft_move", staff("province"), other="220204")
    with pytest.raises(GuardNotMet) as refusal:
        engine.act(staff("supervisor"), REORGANISATION, row.pk, "order_reorganisation")
    assert "不归您管" in refusal.value.title
    before = as_it_stands(row).trial
    with pytest.raises(GuardNotMet):  # whom it touches there by now is not theirs to read either
        engine.act(staff("supervisor"), REORGANISATION, row.pk, "try_reorganisation")
    assert as_it_stands(row).trial == before


def test_what_was_entered_first_and_done_last_is_undone_first():
    entered_first = drafted("draft_split", office=INTO, other="220102003")
    merged = done()
    engine.act(staff("supervisor"), REORGANISATION, entered_first.pk, "order_reorganisation")
    now()
    assert as_it_stands(entered_first).status == "done"
    with pytest.raises(GuardNotMet) as refusal:
        returned(merged)
    assert entered_first.title in refusal.value.title
    returned(entered_first)
    assert returned(merged).status == "returned"


def test_nobody_parts_an_office_by_their_own_or_a_relatives_address():
    case = a_case("accepted", an_applicant(address="新春社区3栋2单元"))
    relative = staff("supervisor")
    Relative.objects.create(user=relative, name="母亲", relation="母亲", id_index=case.person.id_index)
    row = drafted("draft_split", relative, addresses=["3栋2单元"])
    with pytest.raises(OwnMatter):
        engine.act(relative, REORGANISATION, row.pk, "order_reorganisation")
    whole = drafted("draft_merge", relative)
    assert engine.act(relative, REORGANISATION, whole.pk, "order_reorganisation").status == "ordered"


def test_a_county_does_not_reorganise_itself():
    with pytest.raises(NotForRole):
        drafted(by=staff("reviewer"))


def test_every_kind_of_row_that_lies_somewhere_names_the_file_that_its_own_acts_stand_in():
    a_case("recognised")
    for model in {*relocating.GOES, *relocating.with_an_area()}:
        file = relocating.file_of(model)
        for row in model._base_manager.all()[:1]:
            beginning, column = file or ("", "pk")
            key = model._base_manager.values_list(column, flat=True).get(pk=row.pk)
            if file:
                assert row.file == f"{beginning}:{key}"
    assert reorganisation_plan.routes(drafted())
