"""One plan a person (四(二)): found in talking, agreed with them, each ability answered by its measure, followed and renewed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jiuyuan import clock
from jiuyuan.applications.replay import verify_state
from jiuyuan.assistance import nightly
from jiuyuan.assistance.interview_workflow import INTERVIEW
from jiuyuan.assistance.measure_workflow import MEASURE
from jiuyuan.assistance.models import Interview, Measure, Plan
from jiuyuan.assistance.plan_workflow import PLAN
from jiuyuan.history.models import Entry
from jiuyuan.notifications.models import Message
from jiuyuan.procedures.subjects import moving
from jiuyuan.refusals import BadInput, Conflict, GuardNotMet, NotFound, OwnMatter, Refusal, WrongState
from jiuyuan.rules.calendar import add_months
from tests.assistance.plans import a_plan, content, held
from tests.factories import OTHER_PLATFORM, a_case, an_account, an_applicant, does, move_to, staff
from tests.recognitions.register import on_the_register, struck_off

pytestmark = pytest.mark.django_db

interview, write_wishes = does(INTERVIEW, "interview"), does(INTERVIEW, "write_wishes")
complete = does(INTERVIEW, "complete")
make, agree, end = does(PLAN, "plan"), does(PLAN, "agree", "how"), does(PLAN, "end", "result")
start_unsigned, review = does(PLAN, "start_unsigned", "reason"), does(PLAN, "review", "result", "next_on")
replace, hand_over = does(PLAN, "replace"), does(PLAN, "hand_over", "helper")
finish, drop = does(MEASURE, "finish", "result"), does(MEASURE, "drop", "reason")


def refused(act, *args, **more):
    with pytest.raises(BadInput) as no:
        act(*args, **more)
    return dict(no.value.errors)


def test_talk_is_kept_with_occupations_and_places_as_codes_and_other_words_as_written():
    clerk = staff("clerk")
    found = held(
        clerk, on_the_register(), wishes={"occupations": ["养老护理员", "看大门"], "divisions": ["长春市南关区"]}
    )
    assert found.status == "held"
    assert found.wishes["divisions"] == ["220102"]
    code, words = found.wishes["occupations"]
    assert (code[1], words) == ("-", "看大门")


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"ability": []}, "ability", "就业能力"),
        ({"ability": ["rich"]}, "ability", "market"),
        ({"wishes": {"lowest_pay": "很多"}}, "wishes", "整数"),
        ({"wishes": {"divisions": ["火星区"]}}, "wishes", "火星区"),
        ({"wishes": {"salary": 1}}, "wishes", "salary"),
        ({"wishes": "随便"}, "wishes", "分开填写"),
        ({"on": "2099-01-01"}, "on", "今天"),
        ({"limits": "腰不好"}, "limits_consent", "单独同意"),
    ],
)  # fmt: skip
def test_wrong_word_is_named_and_nothing_is_kept(changes, field, told):
    assert told in refused(held, staff("clerk"), on_the_register(), **changes)[field]
    assert not Interview.objects.unscoped().exists()


def test_emoji_as_wishes_is_kept_as_it_was_written():
    found = held(staff("clerk"), on_the_register(), wishes={"occupations": ["😀"]})
    assert found.wishes == {"occupations": ["😀"]}


def test_limits_of_health_are_kept_encrypted_with_a_consent_and_stand_in_no_record():
    found = held(staff("clerk"), on_the_register(), limits="腰椎间盘突出，不能久站", limits_consent=True)
    assert Interview.objects.unscoped().get(pk=found.pk).limits == "腰椎间盘突出，不能久站"
    assert all("腰椎" not in str(entry.payload) for entry in Entry.objects.unscoped())


def test_person_writes_wishes_beforehand_and_the_clerk_completes_them():
    owner = an_account()
    stay = a_case("recognised", an_applicant(), by=owner).recognition
    wished = write_wishes(owner, stay.pk, wishes={"occupations": ["保洁员"]}, services_wanted=["vacancies"])
    assert wished.status == "wishes"
    done = complete(staff("clerk"), wished.pk, on=clock.today(), means="phone", ability=["market"])
    assert (done.status, done.held_by_name != "") == ("held", True)


def test_plan_needs_a_talk_of_the_last_year():
    clerk, stay = staff("clerk"), on_the_register()
    plan = make(clerk, stay.pk, **content(clerk))
    with pytest.raises(GuardNotMet) as no:
        agree(clerk, plan.pk, "signed")
    assert no.value.code == "no_interview"
    held(clerk, stay)
    move_to(add_months(clock.today(), 12) + timedelta(days=1))
    with pytest.raises(GuardNotMet, match="12个月"):
        agree(clerk, plan.pk, "signed")


def test_each_ability_has_its_measure_or_a_written_reason_why_not():
    clerk, stay = staff("clerk"), on_the_register()
    held(clerk, stay, ability=["skills", "hard_to_place"])
    plan = make(clerk, stay.pk, **content(clerk))
    with pytest.raises(GuardNotMet, match="难以通过市场就业（公益性岗位安置）") as no:
        agree(clerk, plan.pk, "signed")
    assert no.value.code == "ability_unanswered"
    again = content(clerk, reasons={"hard_to_place": "先参加培训，三个月后再看。"})
    replace(clerk, plan.pk, **again)
    newer = Plan.objects.unscoped().get(status="draft")
    assert agree(clerk, newer.pk, "signed").status == "active"
    assert (newer.former_id, Plan.objects.unscoped().get(pk=plan.pk).status) == (plan.pk, "replaced")


def test_one_plan_a_person_holds_in_the_database_too():
    clerk, stay = staff("clerk"), on_the_register()
    plan = a_plan(clerk, stay)
    with pytest.raises(Conflict, match="一个人只有一份"):
        make(clerk, stay.pk, **content(clerk))
    twin = Plan(recognition=stay, helper=clerk, goal="另一份", made_on=clock.today())
    with pytest.raises(IntegrityError), transaction.atomic(), moving(Plan):
        twin.save()
    assert [one.pk for one in Plan.objects.unscoped()] == [plan.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_helpers_who_make_or_replace_a_plan_at_once_one_does_and_the_other_is_told():
    helpers, stay = [staff("clerk"), staff("clerk")], on_the_register()
    held(helpers[0], stay)

    def at_once(act, row, **said):
        def one(helper):
            try:
                return act(helper, row, **content(helper), **said).pk
            except Refusal as told:
                return str(told.title)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as desks:
            return sorted(desks.map(one, helpers), key=str)

    made, told = at_once(make, stay.pk)
    assert "一个人只有一份" in told
    assert [one.pk for one in Plan.objects.unscoped()] == [made]
    plan = Plan.objects.unscoped().get()
    newer, told = at_once(replace, plan.pk, version=plan.version)
    assert isinstance(told, str)
    states = dict(Plan.objects.unscoped().values_list("pk", "status"))
    assert (newer in states, sorted(states.values())) == (True, ["draft", "replaced"])


def test_person_agrees_on_the_phone_and_is_told_of_a_plan_and_of_another_helper():
    owner, clerk = an_account(), staff("clerk")
    stay = a_case("recognised", an_applicant(), by=owner).recognition
    held(clerk, stay)
    plan = make(clerk, stay.pk, **content(clerk))
    assert "帮扶计划" in Message.objects.unscoped().order_by("-pk")[0].body
    assert agree(owner, plan.pk).agreed_how == "online"
    hand_over(clerk, plan.pk, staff("clerk", name="新来的").username)
    assert "新来的" in Message.objects.unscoped().order_by("-pk")[0].body


def test_plan_begun_without_a_word_says_so():
    clerk, stay = staff("clerk"), on_the_register()
    plan = a_plan(clerk, stay, "draft")
    begun = start_unsigned(clerk, plan.pk, "三次联系不上，先介绍岗位。")
    assert (begun.status, begun.agreed_how, begun.unsigned_because) == ("active", "", "三次联系不上，先介绍岗位。")


def test_helper_elsewhere_is_no_helper():
    clerk, stay = staff("clerk"), on_the_register()
    held(clerk, stay)
    plan = make(clerk, stay.pk, **content(clerk, helper=staff("clerk", at=OTHER_PLATFORM).username))
    with pytest.raises(GuardNotMet) as no:
        agree(clerk, plan.pk, "signed")
    assert no.value.code == "helper_elsewhere"
    assert "helper" in refused(hand_over, clerk, plan.pk, staff("reviewer").username)


@pytest.mark.parametrize(
    ("measures", "told"),
    [
        ([], "至少写一项"),
        ("培训", "至少写一项"),
        ([{"kind": "lottery", "what": "抽奖", "due_on": "2026-05-01"}], "第1项措施请选种类"),
        ([{"kind": "training", "what": " ", "due_on": "2026-05-01"}], "第1项措施请写明内容"),
        ([{"kind": "training", "what": "护理", "due_on": "下月"}], "2026-03-02"),
        ([{"kind": "training", "what": "护理", "due_on": "2020-01-01"}], "不能早于今天"),
        ([{"kind": "training", "what": "护理", "due_on": "2027-01-01"}] * 13, "最多12项"),
    ],
)
def test_measure_that_says_nothing_is_named(measures, told):
    clerk = staff("clerk")
    assert told in refused(make, clerk, on_the_register().pk, **content(clerk, measures=measures))["measures"]
    assert not Plan.objects.unscoped().exists()


def test_words_end_only_the_measures_of_which_no_table_holds_what_came_of_them():
    clerk = staff("clerk")
    plan = a_plan(clerk, on_the_register())
    training, guidance = (Measure.objects.unscoped().get(plan=plan, kind=kind) for kind in ("training", "guidance"))
    with pytest.raises(GuardNotMet) as no:
        finish(clerk, training.pk, "结业了。")
    assert no.value.code == "result_elsewhere"
    assert finish(clerk, guidance.pk, "改好了简历。").status == "done"
    assert drop(clerk, training.pk, "本人不想学了。").status == "dropped"


def test_measure_of_a_plan_that_was_replaced_stands_still():
    clerk = staff("clerk")
    plan = a_plan(clerk, on_the_register())
    replace(clerk, plan.pk, **content(clerk))
    old = plan.measures.get(kind="guidance")
    with pytest.raises(WrongState, match="换了新的"):
        finish(clerk, old.pk, "改好了简历。")


def test_plan_of_somebody_who_left_the_register_ends_by_night():
    clerk, stay = staff("clerk"), on_the_register()
    plan = a_plan(clerk, stay)
    struck_off(stay, "imprisoned", staff("reviewer"))
    assert nightly.end_plans(clock.today()) == 1
    ended = Plan.objects.unscoped().get(pk=plan.pk)
    assert (ended.status, ended.result) == ("ended", "已退出，不再在册")
    assert nightly.end_plans(clock.today()) == 0


def test_nobody_helps_themselves_and_nobody_sees_a_plan_elsewhere():
    clerk, stay = staff("clerk"), on_the_register()
    plan = a_plan(clerk, stay)
    with pytest.raises(OwnMatter):
        review(staff("clerk", id_index=stay.person.id_index), plan.pk, "很好。", clock.today() + timedelta(days=9))
    with pytest.raises(NotFound):
        review(staff("clerk", at=OTHER_PLATFORM), plan.pk, "很好。", clock.today() + timedelta(days=9))


def test_who_is_no_longer_on_the_register_gets_no_plan():
    clerk, stay = staff("clerk"), on_the_register()
    struck_off(stay, "imprisoned", staff("reviewer"))
    with pytest.raises(WrongState):
        make(clerk, stay.pk, **content(clerk))


def test_record_replayed_is_what_the_tables_hold_and_a_changed_plan_is_named():
    clerk, stay = staff("clerk"), on_the_register()
    plan = a_plan(clerk, stay)
    review(clerk, plan.pk, "已介绍岗位。", clock.today() + timedelta(days=30))
    replace(clerk, plan.pk, **content(clerk))
    assert list(verify_state(lambda done: None, Counter())) == []
    Plan.objects.unscoped().filter(pk=plan.pk).update(goal="没有人写过的目标")
    [fault] = verify_state(lambda done: None, Counter())
    assert "目标" in fault
