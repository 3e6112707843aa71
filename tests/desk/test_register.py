"""The register: who is on it, what goes on about somebody, the work lists, and the notice of an exit."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiuyuan import clock
from jiuyuan.agencies.models import SavedFilter
from jiuyuan.applications import nightly
from jiuyuan.desk.register_acts import ACTS
from jiuyuan.history.models import Entry, Look
from jiuyuan.people import services as people
from jiuyuan.recognitions import exits, investigations
from jiuyuan.recognitions import services as recognitions
from jiuyuan.recognitions.models import ExitObjection, ExitProposal, Investigation
from jiuyuan.refusals import Refusal
from tests import factories
from tests.desk.on_the_register import REGISTER, end
from tests.desk.reading import links, rows, words


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


# The list -------------------------------------------------------------------------------------------------------------


def test_every_filter_narrows_to_what_it_says_and_its_count_is_the_length_of_the_list(desk, clerk, reviewer, stay):
    gone = factories.a_case("recognised", clerk=clerk, reviewer=reviewer).recognition
    end(reviewer, gone, "imprisoned")
    looked_into = factories.a_case("recognised", clerk=clerk, reviewer=reviewer).recognition
    investigations.open_investigation(clerk, looked_into.pk, cause="邻居反映他在开店")
    exits.propose(clerk, stay.pk, ground="left_scope", reason="公安数据")
    stay.warnings.create(kind="age", due_on=clock.today())
    for query, expected in (
        ({"status": "active"}, {stay, looked_into}),
        ({"status": "ended"}, {gone}),
        ({"ground": "imprisoned"}, {gone}),
        ({"category": "older"}, {stay, gone, looked_into}),
        ({"category": "disabled"}, set()),
        ({"proposal": "open"}, {stay}),
        ({"investigation": "open"}, {looked_into}),
        ({"warning": "age"}, {stay}),
        ({"warning": "any"}, {stay}),
        ({"warning": "assistance"}, set()),
        ({"carried_over": "yes"}, set()),
        ({"carried_over": "no"}, {stay, gone, looked_into}),
        ({"q": "单秀"}, {stay}),
        ({"q": "shan"}, {stay}),
        ({"q": gone.number.lower()}, {gone}),
        ({"agency": "220102001"}, {stay, gone, looked_into}),
        ({"agency": "220204"}, set()),
        ({"status": "nonsense"}, set()),
        ({"proposal": "nonsense"}, set()),
    ):
        page = desk.get(REGISTER, query)
        assert rows(page) == len(expected), query
        assert all(one.number in words(page) for one in expected), query
        [count] = [tab["count"] for tab in page.context["tabs"] if tab["current"]] or [0]
        assert count == len(expected), query


def test_a_posted_filter_gets_an_address_and_a_whole_id_number_opens_the_file_instead(desk, log_in, elsewhere, stay):
    assert (
        desk.post(REGISTER, {"status": "active", "category": "older"}).url == f"{REGISTER}?status=active&category=older"
    )
    number = stay.person.id_number
    assert desk.post(REGISTER, {"q": number}).url == f"{REGISTER}{stay.pk}/"
    assert number not in Look.objects.filter(file="search").latest("pk").what
    other = log_in(elsewhere).post(REGISTER, {"q": number}, follow=True)
    assert "没有这个号码的人" in words(other)
    assert number not in other.request["QUERY_STRING"]


def test_a_filter_is_kept_under_a_name_for_oneself_alone_and_replaced_by_the_same_name(desk, log_in, clerk, stay):
    save = f"{REGISTER}filters/"
    desk.post(save, {"name": "大龄", "query": "category=older"})
    desk.post(save, {"name": "大龄", "query": "status=active&category=older&cursor=5"})
    kept = SavedFilter.objects.get()
    assert (kept.user, kept.query) == (clerk, "status=active&category=older")
    assert (f"{REGISTER}?{kept.query}", "大龄") in links(desk.get(REGISTER))
    other = log_in(factories.staff("clerk"))
    assert "大龄" not in [text for _, text in links(other.get(REGISTER))]
    other.post(f"{REGISTER}filters/{kept.pk}/forget/")
    assert SavedFilter.objects.count() == 1
    desk.post(f"{REGISTER}filters/{kept.pk}/forget/")
    assert SavedFilter.objects.count() == 0


@pytest.mark.parametrize(("name", "query", "sentence"), [
    (" ", "status=active", "请写一个名称"),
    ("长" * 31, "status=active", "名称最多30字"),
    ("空", "", "请先筛选"),
])  # fmt: skip
def test_a_filter_that_cannot_be_kept_says_why(desk, name, query, sentence):
    assert sentence in words(desk.post(f"{REGISTER}filters/", {"name": name, "query": query}, follow=True))


def test_a_whole_number_is_not_kept_in_a_filter(desk, stay):
    desk.post(f"{REGISTER}filters/", {"name": "他", "query": f"status=active&q={stay.person.id_number}"})
    assert SavedFilter.objects.get().query == "status=active"


def test_the_export_is_the_list_masked_and_recorded(desk, clerk, stay):
    from io import BytesIO

    from openpyxl import load_workbook

    answer = desk.get(f"{REGISTER}export.xlsx", {"status": "active"})
    sheet = load_workbook(BytesIO(answer.getvalue())).active
    heads, *lines = sheet.iter_rows(values_only=True)
    assert [line[0] for line in lines] == [stay.number]
    assert stay.person.id_number not in str(lines)
    assert lines[0][heads.index("类别")] == "大龄失业人员"
    assert sheet.cell(2, heads.index("认定日期") + 1).is_date
    assert sheet.auto_filter.ref.endswith("2")
    assert Look.objects.get(file="export:register").actor == clerk.username


def test_the_list_takes_as_many_queries_for_many_as_for_one(desk, clerk, reviewer, stay, django_assert_max_num_queries):
    desk.get(REGISTER)
    with django_assert_max_num_queries(12) as few:
        desk.get(REGISTER)
    for _ in range(3):
        factories.a_case("recognised", clerk=clerk, reviewer=reviewer)
    with django_assert_max_num_queries(len(few)):
        assert rows(desk.get(REGISTER)) == 4


# One recognition ------------------------------------------------------------------------------------------------------


def test_a_proposal_shows_yesterday_and_today_side_by_side_and_what_changed_in_words(review, clerk, stay):
    proposal = a_pension(clerk, stay)
    text = words(page_of(review, stay))
    assert "享受基本养老保险待遇由“尚不清楚”变为“是”" in text
    assert "三(一)" in text
    assert "receives_pension" not in text
    assert "pension_or_retirement" not in text
    assert act(stay, "decide-proposal", proposal.pk) in [url for url, _ in links(page_of(review, stay))]


def test_a_reviewer_confirms_a_proposal_in_words_and_the_person_is_off_the_register(review, clerk, stay):
    proposal = a_pension(clerk, stay)
    url = act(stay, "decide-proposal", proposal.pk)
    empty = review.post(url, {"answer": "", "decision": "已核对"})
    assert empty.status_code == 422
    assert "请选择确认退出或不退出" in words(empty)
    assert "已核对" in empty.content.decode()
    bad = review.post(url, {"answer": "confirm", "on": "2099-01-01", "decision": "经核，已按月领取"})
    assert bad.status_code == 422
    assert "退出日期不能早于认定日期" in words(bad)
    done = review.post(url, {"answer": "confirm", "on": "", "decision": "经核，已按月领取"}, follow=True)
    assert "已作出决定" in words(done)
    stay.refresh_from_db()
    assert (stay.status, stay.ground) == ("ended", "pension_or_retirement")


def test_a_reviewer_dismisses_a_proposal_and_the_reason_stands_on_the_page(review, clerk, stay):
    proposal = a_pension(clerk, stay)
    url = act(stay, "decide-proposal", proposal.pk)
    review.post(url, {"answer": "dismiss", "decision": "领的是遗属待遇"})
    text = words(page_of(review, stay))
    assert "不退出" in text
    assert "领的是遗属待遇" in text
    assert "已经处理过了" in words(review.post(url, {"answer": "dismiss", "decision": "再来"}, follow=True))


def test_a_clerk_proposes_with_a_ground_of_the_policy_and_does_not_decide(desk, stay):
    form = desk.get(act(stay, "propose"))
    for clause in ("三(一)", "三(五)", "三(七)"):
        assert clause in words(form)
    assert desk.post(act(stay, "propose"), {"ground": "left_scope", "reason": ""}).status_code == 422
    desk.post(act(stay, "propose"), {"ground": "left_scope", "reason": "公安2026年3月1日数据：已迁往外省"})
    proposal = ExitProposal.objects.unscoped().get()
    assert "已迁往外省" in words(page_of(desk, stay))
    assert desk.get(act(stay, "decide-proposal", proposal.pk)).status_code == 403
    assert desk.get(act(stay, "end")).status_code == 403


def test_a_reviewer_ends_directly_but_not_on_an_older_version(review, stay):
    said = {"ground": "imprisoned", "on": clock.today().isoformat(), "evidence": "判决书（2026）1号"}
    stale = review.post(act(stay, "end"), {**said, "version": stay.version + 5}, follow=True)
    assert "刚刚有变动" in words(stale)
    review.post(act(stay, "end"), {**said, "version": stay.version})
    text = words(page_of(review, stay))
    assert "三(四)" in text
    assert "判决书（2026）1号" in text
    assert "退出告知书" in text


def test_an_investigation_goes_from_cause_to_evidence_finding_and_a_second_persons_decision(desk, review, stay):
    desk.post(act(stay, "investigate"), {"cause": "邻居反映他在民康路开店"})
    photograph = SimpleUploadedFile("店面.jpg", factories.a_photograph(), content_type="image/jpeg")
    desk.post(act(stay, "evidence"), {"note": "店里是他弟弟", "place": "民康路2号", "file": photograph})
    assert "要先写明调查结论" in words(page_of(review, stay))
    review.post(act(stay, "find"), {"finding": "店是弟弟的，他没有参与经营", "fraud": "false"})
    text = words(page_of(review, stay))
    for said in (
        "邻居反映他在民康路开店",
        "店里是他弟弟",
        "民康路2号",
        "店是弟弟的",
        "调查结论是您写的，须由另一人决定",
    ):
        assert said in text, said
    [picture] = {url for url, _ in links(page_of(desk, stay)) if "/evidence/" in url and "/do/" not in url}
    assert desk.get(picture)["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(("outcome", "status"), [("nothing", "active"), ("correction", "active"), ("exit", "ended")])
def test_a_second_person_decides_an_investigation(desk, second, stay, outcome, status):
    desk.post(act(stay, "investigate"), {"cause": "市场监管数据：有营业执照"})
    desk.post(act(stay, "find"), {"finding": "执照属实", "fraud": "true"})
    assert second.post(act(stay, "decide"), {"outcome": "", "decision": "x"}).status_code == 422
    second.post(act(stay, "decide"), {"outcome": outcome, "decision": "核对无误"})
    stay.refresh_from_db()
    assert stay.status == status
    text = words(page_of(second, stay))
    assert str(Investigation.Outcome(outcome).label) in text
    assert f"；{outcome}" not in text


def test_an_objection_is_entered_by_a_clerk_and_decided_by_another_reviewer(desk, review, second, reviewer, stay):
    end(reviewer, stay)
    desk.post(act(stay, "object"), {"reason": "我领的是遗属补助，有通知书"})
    text = words(page_of(review, stay))
    assert "退出暂停" in text
    assert "这次退出是您决定的，异议须由另一人处理" in text
    said = {"ground": "imprisoned", "on": clock.today().isoformat(), "evidence": "再退一次"}
    stay.refresh_from_db()
    assert "要先处理异议" in words(review.post(act(stay, "end"), {**said, "version": stay.version}, follow=True))
    review.post(act(stay, "settle-objection"), {"upheld": "false", "finding": "维持"})
    assert ExitObjection.objects.unscoped().get().upheld is None
    second.post(act(stay, "settle-objection"), {"upheld": "true", "finding": "确系遗属补助"})
    stay.refresh_from_db()
    assert stay.status == "active"
    assert "异议成立" in words(page_of(desk, stay))


def test_a_button_is_off_exactly_where_the_service_refuses(log_in, clerk, reviewer, stay):
    """In each state of a recognition: what the page says is off, the service refuses, and the reverse."""
    from jiuyuan.desk.register_acts import Sheet

    said = {
        "propose": {"ground": "left_scope", "reason": "公安数据"},
        "end": {"ground": "left_scope", "on": clock.today().isoformat(), "evidence": "公安数据"},
        "investigate": {"cause": "有人反映"},
        "find": {"finding": "属实", "fraud": "false"},
        "decide": {"outcome": "nothing", "decision": "不属实"},
        "object": {"reason": "不对"},
        "settle-objection": {"upheld": "true", "finding": "成立"},
    }
    from django.db import transaction

    def tried(user, code):
        sheet = Sheet.of(type(stay).objects.unscoped().select_related("person").get(pk=stay.pk))
        wanted = ACTS[code]
        off = bool(wanted.why_not(user, sheet))
        if not (wanted.for_role(user) and wanted.there(sheet)):
            return
        with transaction.atomic():
            try:
                wanted.do(user, sheet, 0, {**said[code], "version": str(sheet.recognition.version)})
                refused = False
            except Refusal:
                refused = True
            transaction.set_rollback(True)
        assert off == refused, (code, user.role)

    steps = [
        lambda: None,
        lambda: investigations.open_investigation(clerk, stay.pk, cause="有人反映"),
        lambda: investigations.find(reviewer, Investigation.objects.unscoped().get().pk, finding="属实", fraud=False),
        lambda: end(reviewer, stay),
        lambda: exits.object_to_exit(clerk, stay.pk, "不对"),
        lambda: exits.decide_objection(
            factories.staff("reviewer"), ExitObjection.objects.unscoped().get().pk, upheld=False, finding="维持"
        ),
    ]
    for step in steps:
        step()
        for code in said:
            for user in (clerk, reviewer):
                tried(user, code)


def test_the_history_of_a_recognition_is_in_words(review, clerk, reviewer, stay):
    exits.propose(clerk, stay.pk, ground="left_scope", reason="公安数据")
    end(reviewer, stay, "left_scope")
    history = words(page_of(review, stay)).split("办理记录")[1]
    assert "提出退出" in history
    assert "三(三)" in history
    assert "left_scope" not in history
    assert Entry.objects.filter(file=stay.file, action="ended").exists()


def test_former_and_later_stays_are_named(desk, review, clerk, reviewer, stay):
    end(reviewer, stay)
    again = recognitions.open_recognition
    from django.db import transaction

    with transaction.atomic():
        later = again(
            reviewer, stay.person, agency=reviewer.agency, area=stay.area, category="older", policy_code="jilin-2022-10"
        )
    assert stay.number in words(page_of(review, later))
    assert later.number in words(page_of(review, stay))
    assert "此后已重新认定" in words(page_of(desk, stay))


def test_looking_at_a_recognition_is_recorded(desk, clerk, stay):
    page_of(desk, stay)
    assert Look.objects.get(file=stay.person.file, what="认定").actor == clerk.username
    assert stay.person.id_number not in words(page_of(desk, stay))


def test_outside_ones_area_nothing_of_it_is_there(log_in, elsewhere, reviewer, stay):
    end(reviewer, stay)
    other = log_in(elsewhere)
    for path in ("", "exit-notice.pdf", "do/object/0/", "do/end/0/", "evidence/1/"):
        assert other.get(f"{REGISTER}{stay.pk}/{path}").status_code == 404, path
    assert stay.number not in words(other.get(REGISTER))
