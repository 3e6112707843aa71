"""One person on the register: what goes on about them, and what each may do about it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.history.models import Entry, Look
from jiuyuan.people import services as people
from jiuyuan.procedures import engine
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation
from jiuyuan.recognitions.workflow import BELOW, RECOGNITION, sheet
from jiuyuan.refusals import Refusal
from tests import factories
from tests.desk.on_the_register import REGISTER, end
from tests.desk.reading import links, words
from tests.factories import act_on
from tests.recognitions.register import bear


def act(stay, code, item=0):
    return f"{REGISTER}{stay.pk}/do/{code}/{item}/"


def page_of(browser, stay):
    return browser.get(f"{REGISTER}{stay.pk}/")


def a_pension(clerk, stay):
    """The night finds that somebody draws a pension."""
    factories.move_to(clock.today().replace(day=clock.today().day + 1))
    people.record_facts(
        clerk.actor, stay.person, {"receives_pension": True}, source="shared_data", department="长春市社会保险局",
        evidence="社保比对",
    )  # fmt: skip
    nightly.run()
    return ExitProposal.objects.unscoped().get()


def seen(stay, **said):
    """What a form sends, with the version that its page showed."""
    stay.refresh_from_db()
    return {"version": stay.version, **said}


def test_a_proposal_shows_yesterday_and_today_side_by_side_and_what_changed_in_words(review, clerk, stay):
    proposal = a_pension(clerk, stay)
    text = words(page_of(review, stay))
    assert "由“尚不清楚”变为“是”" in text
    assert "三(一)" in text
    assert "receives_pension" not in text
    assert "pension_or_retirement" not in text
    offered = [url for url, _ in links(page_of(review, stay))]
    assert {act(stay, "confirm", proposal.pk), act(stay, "dismiss", proposal.pk)} <= set(offered)


def test_a_reviewer_confirms_a_proposal_in_words_and_the_person_is_off_the_register(review, clerk, stay):
    proposal = a_pension(clerk, stay)
    url = act(stay, "confirm", proposal.pk)
    bad = review.post(url, seen(stay, on="2099-01-01", reason="经核，已按月领取"))
    assert bad.status_code == 422
    assert "退出日期不能早于认定日期" in words(bad)
    assert "经核，已按月领取" in bad.content.decode()
    done = review.post(url, seen(stay, on="", reason="经核，已按月领取"), follow=True)
    assert "已退出" in words(done)
    stay.refresh_from_db()
    assert (stay.status, stay.ground) == ("ended", "pension_or_retirement")


def test_a_reviewer_dismisses_a_proposal_and_the_reason_stands_on_the_page(review, clerk, stay):
    proposal = a_pension(clerk, stay)
    url = act(stay, "dismiss", proposal.pk)
    review.post(url, seen(stay, reason="领的是遗属待遇"))
    text = words(page_of(review, stay))
    assert "不退出" in text
    assert "领的是遗属待遇" in text
    assert "已经处理过了" in words(review.post(url, seen(stay, reason="再来"), follow=True))


def test_a_clerk_proposes_with_a_ground_that_needs_no_finding_and_takes_it_back_but_does_not_decide(desk, stay):
    form = words(desk.get(act(stay, "propose")))
    for clause in ("三(一)", "三(五)", "三(七)"):
        assert clause in form
    assert "三(六)" not in form
    assert desk.post(act(stay, "propose"), seen(stay, ground="left_scope", reason="")).status_code == 422
    desk.post(act(stay, "propose"), seen(stay, ground="left_scope", reason="公安2026年3月1日数据：已迁往外省"))
    proposal = ExitProposal.objects.unscoped().get()
    text = words(page_of(desk, stay))
    assert "已迁往外省" in text
    assert "这一情形现在还不成立" in text
    assert act(stay, "take_back", proposal.pk) in [url for url, _ in links(page_of(desk, stay))]
    for code in ("confirm", "dismiss", "end"):
        assert desk.get(act(stay, code, proposal.pk)).status_code == 403
    desk.post(act(stay, "take_back", proposal.pk), seen(stay, reason="查无此事"))
    proposal.refresh_from_db()
    assert proposal.status == "taken_back"


def test_who_proposed_is_offered_no_decision_and_is_told_that_another_decides(review, second, reviewer, stay):
    bear(stay)
    stay.refresh_from_db()
    proposal = act_on("propose", reviewer, stay.pk, ground="pension_or_retirement", reason="社保数据")
    page = page_of(review, stay)
    assert act(stay, "confirm", proposal.pk) not in [url for url, _ in links(page)]
    assert "是您提出的，须由另一人决定" in words(page)
    assert act(stay, "confirm", proposal.pk) in [url for url, _ in links(page_of(second, stay))]


def test_a_signed_wish_to_leave_is_kept_with_the_proposal_and_bears_it(desk, review, stay):
    paper = SimpleUploadedFile("申请.jpg", factories.a_photograph(), content_type="image/jpeg")
    said = seen(stay, ground="withdrew_or_refused", reason="本人当天书面申请", request=paper)
    assert desk.post(act(stay, "propose"), said).status_code == 302
    proposal = ExitProposal.objects.unscoped().get()
    review.post(act(stay, "confirm", proposal.pk), seen(stay, on="", reason="已与本人核对"))
    stay.refresh_from_db()
    assert (stay.status, stay.case) == ("ended", "withdrew")
    text = words(page_of(review, stay))
    assert "本人申请退出援助" in text
    assert "半年内拒绝" not in text.split("退出建议")[0]


def test_a_reviewer_ends_only_what_the_file_bears_sees_the_facts_and_is_asked_again(review, clerk, stay):
    factories.move_to(clock.today().replace(day=clock.today().day + 1))
    url = act(stay, "end")
    assert "三(六)" not in words(review.get(url))
    said = {"ground": "imprisoned", "on": clock.today().isoformat(), "evidence": "判决书（2026）1号"}
    refused = review.post(url, seen(stay, **said))
    assert refused.status_code == 422
    assert "这一退出情形不成立" in words(refused)
    assert "判决书（2026）1号" in refused.content.decode()
    bear(stay, "imprisoned")
    stale = review.post(url, {**said, "version": stay.version + 5}, follow=True)
    assert "刚刚被别人改动" in words(stale)
    asked = review.post(url, seen(stay, **said))
    assert asked.status_code == 200
    for shown in ("由“尚不清楚”变为“是”", "再确认一次", "确认退出"):
        assert shown in words(asked)
    stay.refresh_from_db()
    assert stay.status == "active"
    sure = asked.context["form"]["sure"].value()
    other = review.post(url, seen(stay, **{**said, "ground": "left_scope"}, sure=sure))
    assert other.status_code == 422, "sure of one ground is not sure of another"
    review.post(url, seen(stay, **said, sure=sure))
    text = words(page_of(review, stay))
    for shown in ("三(四)", "判决书（2026）1号", "退出告知书"):
        assert shown in text


def test_an_investigation_goes_from_cause_to_finding_telling_answer_and_a_second_persons_decision(desk, review, stay):
    desk.post(act(stay, "investigate"), seen(stay, cause="邻居反映他在民康路开店"))
    photograph = SimpleUploadedFile("店面.jpg", factories.a_photograph(), content_type="image/jpeg")
    desk.post(act(stay, "evidence"), seen(stay, note="店里是他弟弟", place="民康路2号", file=photograph))
    assert act(stay, "decide", 1) not in [url for url, _ in links(page_of(review, stay))], "nothing is found yet"
    review.post(act(stay, "find"), seen(stay, finding="店是弟弟的，他没有参与经营", holds="false", fraud="false"))
    desk.post(act(stay, "tell"), seen(stay, how="当面送达", proof="签收回执"))
    assert "可以陈述到" in words(page_of(desk, stay))
    desk.post(act(stay, "respond"), seen(stay, words="谢谢查清"))
    text = words(page_of(review, stay))
    for said in (
        "邻居反映他在民康路开店",
        "店里是他弟弟",
        "民康路2号",
        "店是弟弟的",
        "不属实",
        "签收回执",
        "谢谢查清",
        "调查结论是您写的，须由另一人决定",
    ):
        assert said in text, said
    [picture] = {url for url, _ in links(page_of(desk, stay)) if "/evidence/" in url and "/do/" not in url}
    assert desk.get(picture)["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("holds", "outcome", "status"),
    [
        ("false", "nothing", "active"),
        ("false", "correction", "active"),
        ("true", "exit", "ended"),
        ("true", "annul", "ended"),
    ],
)
def test_a_second_person_decides_an_investigation_as_it_was_found(desk, second, stay, holds, outcome, status):
    desk.post(act(stay, "investigate"), seen(stay, cause="市场监管数据：有营业执照"))
    desk.post(act(stay, "find"), seen(stay, finding="执照的情况已查清", holds=holds, fraud=holds))
    desk.post(act(stay, "tell"), seen(stay, how="电话", proof="录音1号"))
    desk.post(act(stay, "respond"), seen(stay, words="知道了"))
    offered = words(second.get(act(stay, "decide")))
    assert ("情况不属实" in offered) is (holds == "false")
    assert second.post(act(stay, "decide"), seen(stay, outcome="", reason="x")).status_code == 422
    differs = second.post(act(stay, "decide"), seen(stay, outcome="nothing" if holds == "true" else "exit", reason="x"))
    assert differs.status_code == 422
    assert "与结论不一致" in words(differs)
    second.post(act(stay, "decide"), seen(stay, outcome=outcome, reason="核对无误"))
    stay.refresh_from_db()
    assert stay.status == status
    text = words(page_of(second, stay))
    assert str(Investigation.Outcome(outcome).label) in text
    assert f"；{outcome}" not in text


def test_an_objection_is_entered_by_a_clerk_and_decided_by_another_reviewer(desk, review, second, reviewer, stay):
    end(reviewer, stay)
    desk.post(act(stay, "object"), seen(stay, reason="我领的是遗属补助，有通知书"))
    text = words(page_of(review, stay))
    assert "退出暂停" in text
    assert "异议须由另一人处理" in text
    said = {"ground": "imprisoned", "on": clock.today().isoformat(), "evidence": "再退一次"}
    assert "要先处理异议" in words(review.post(act(stay, "end"), seen(stay, **said), follow=True))
    review.post(act(stay, "settle"), seen(stay, upheld="false", finding="维持"))
    assert ExitObjection.objects.unscoped().get().upheld is None
    second.post(act(stay, "settle"), seen(stay, upheld="true", finding="确系遗属补助"))
    stay.refresh_from_db()
    assert stay.status == "active"
    assert "异议成立" in words(page_of(desk, stay))


def test_a_button_is_off_exactly_where_the_service_refuses(clerk, reviewer, stay):
    """In each state of a recognition: what the page says is off, the service refuses, and the reverse."""
    bear(stay, "left_scope")
    other = factories.staff("reviewer")
    said = {
        "propose": {"ground": "imprisoned", "reason": "公安数据"},
        "end": {"ground": "left_scope", "on": clock.today().isoformat(), "evidence": "公安数据"},
        "confirm": {"reason": "属实"},
        "dismiss": {"reason": "不属实"},
        "take_back": {"reason": "提错了"},
        "investigate": {"cause": "有人反映"},
        "find": {"finding": "属实", "holds": "true", "fraud": "false"},
        "tell": {"how": "电话", "proof": "录音"},
        "respond": {"words": "知道"},
        "send_back": {"reason": "再查"},
        "decide": {"outcome": "exit", "reason": "属实"},
        "object": {"reason": "不对"},
        "settle": {"upheld": "true", "finding": "成立"},
    }

    def tried(user, code):
        workflow = next(one for one in (RECOGNITION, *BELOW) if code in one.of().by_action)
        transition = workflow.of().by_action[code]
        now = sheet(type(stay).objects.unscoped().select_related("person").get(pk=stay.pk), user)
        rows = {
            "recognition": now.stay,
            "exit_proposal": now.proposals[0] if now.proposals else None,
            "investigation": now.investigation,
            "exit_objection": now.objection,
        }
        row = now.stay if transition.begins else rows[workflow.name]
        if row is None or user.role not in transition.roles:
            return
        context = workflow.hold(row, user)
        offered = {offer.transition.action: offer.possible for offer in engine.offered(workflow, context)}
        with transaction.atomic():
            try:
                engine.act(user, workflow, row.pk, code, said[code], version=now.stay.version)
                refused = False
            except Refusal:
                refused = True
            transaction.set_rollback(True)
        assert offered.get(code, False) != refused, (code, user.role)
        assert bool(engine.why_not(workflow, context, code)) == refused, (code, user.role)

    def inquiry():
        return Investigation.objects.unscoped().get().pk

    def proposal():
        return ExitProposal.objects.unscoped().latest("pk").pk

    steps = [
        lambda: None,
        lambda: act_on("propose", clerk, stay.pk, ground="left_scope", reason="公安数据"),
        lambda: act_on("take_back", clerk, proposal(), reason="提错了"),
        lambda: act_on("propose", reviewer, stay.pk, ground="left_scope", reason="公安数据"),
        lambda: act_on("dismiss", other, proposal(), reason="不属实"),
        lambda: act_on("investigate", clerk, stay.pk, cause="有人反映"),
        lambda: act_on("find", reviewer, inquiry(), finding="属实", holds=True, fraud=False),
        lambda: act_on("tell", clerk, inquiry(), how="电话", proof="录音"),
        lambda: act_on("respond", clerk, inquiry(), words="知道"),
        lambda: end(reviewer, stay, "left_scope"),
        lambda: act_on("object", clerk, stay.pk, "不对"),
        lambda: act_on("settle", other, ExitObjection.objects.unscoped().get().pk, upheld=False, finding="维持"),
    ]
    for step in steps:
        step()
        for code in said:
            for user in (clerk, reviewer, other):
                tried(user, code)


def test_the_history_of_a_recognition_is_in_words(review, clerk, reviewer, stay):
    proposal = act_on("propose", clerk, stay.pk, ground="left_scope", reason="公安数据")
    act_on("take_back", clerk, proposal.pk, reason="还要核对")
    end(reviewer, stay, "left_scope")
    history = words(page_of(review, stay)).split("办理记录")[1]
    assert "提出退出" in history
    assert "三(三)" in history
    assert "left_scope" not in history
    assert Entry.objects.unscoped().filter(file=stay.file, action="ended").exists()


def test_former_and_later_stays_are_named(desk, review, clerk, reviewer, stay):
    end(reviewer, stay)
    with transaction.atomic():
        later = factories.put_on_the_register(reviewer, stay.person)
    assert stay.number in words(page_of(review, later))
    assert later.number in words(page_of(review, stay))
    assert "此后已重新认定" in words(page_of(desk, stay))


def test_looking_at_a_recognition_is_recorded(desk, clerk, stay):
    page_of(desk, stay)
    assert Look.objects.unscoped().get(file=stay.person.file, what="认定").actor == clerk.username
    assert stay.person.id_number not in words(page_of(desk, stay))


def test_outside_ones_area_nothing_of_it_is_there(log_in, elsewhere, reviewer, stay):
    end(reviewer, stay)
    other = log_in(elsewhere)
    for path in ("", "exit-notice.pdf", "do/object/0/", "do/end/0/", "evidence/1/"):
        assert other.get(f"{REGISTER}{stay.pk}/{path}").status_code == 404, path
    assert stay.number not in words(other.get(REGISTER))
