"""One act on many cases: a preview, the act, a result for each; several reported as one numbered batch."""

from io import BytesIO

from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader

from jiuyuan.applications.models import Application, Batch
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.recognitions.workflow import BELOW, RECOGNITION
from jiuyuan.regions import registry
from tests import factories
from tests.desk.reading import links, rows, words
from tests.jobs import work

BATCH = "/desk/cases/batch/"


def states(*cases):
    return [Application.objects.unscoped().get(pk=case.pk).status for case in cases]


def chosen(*cases):
    return [f"{case.number}:{factories.again(case).version}" for case in cases]


def three_endorsed(clerk):
    cases = [factories.a_case("publishing", clerk=clerk) for _ in range(3)]
    factories.after_the_notice(cases[0])
    return [factories.act(clerk, case, "endorse") for case in cases]


def test_the_preview_shows_what_will_be_done_and_what_not(desk, clerk):
    able = factories.a_case("submitted", clerk=clerk)
    unable = factories.a_case("accepted", clerk=clerk)
    page = desk.get(BATCH, {"action": "accept", "numbers": [able.number, unable.number]})
    assert "受理1份申请" in words(page)
    assert {name for names in (line.papers for line in page.context["able"]) for name in names} == {
        registry.materials()[material.kind] for material in able.materials.all()
    }
    assert "受理（勾选的）" in words(page)
    assert "现在不能办的（1），不会动" in words(page)
    assert "现在是“已受理”，不能受理。" in words(page)
    assert states(able) == ["submitted"]


def test_a_whole_list_can_be_chosen_however_many_pages_it_has(desk, clerk):
    for _ in range(3):
        factories.a_case("submitted", clerk=clerk)
    page = desk.get("/desk/cases/", {"state": "submitted"})
    everything = next(url for url, text in links(page) if text == "批量受理全部3份")
    assert len(desk.get(everything).context["able"]) == 3


def test_the_list_that_was_narrowed_is_narrowed_still_after_an_act_on_many(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    narrowed = "/desk/cases/?state=submitted&category=older"
    back = "state=submitted&category=older"
    whole_list = desk.get("/desk/cases/", {"state": "submitted"})
    everything = next(url for url, text in links(whole_list) if text == "批量受理全部1份")
    assert desk.get(everything).context["list_url"] == "/desk/cases/?state=submitted"
    preview = desk.get(BATCH, {"action": "accept", "numbers": [case.number], "back": back})
    assert preview.context["list_url"] == narrowed
    done = desk.post(BATCH, {"action": "accept", "chosen": chosen(case), "back": back})
    assert (narrowed, "回到清单") in links(done)


def test_accepting_many_gives_a_result_for_each_and_one_failure_holds_up_no_other(desk, clerk):
    first, second = (factories.a_case("submitted", clerk=clerk) for _ in range(2))
    picked = chosen(first, second)
    factories.act(clerk, second, "ask_correction")
    page = desk.post(BATCH, {"action": "accept", "chosen": picked})
    assert page.status_code == 422
    assert "受理：办成1份，没有办成1份" in words(page)
    assert "不能受理" in words(page)
    assert states(first, second) == ["accepted", "correction"]


def test_several_cases_are_reported_as_one_numbered_batch(desk, clerk):
    cases = three_endorsed(clerk)
    page = desk.post(BATCH, {"action": "report", "chosen": chosen(*cases[:2])})
    batch = Batch.objects.unscoped().get()
    assert page.status_code == 200
    assert f"批次 {batch.number}" in words(page)
    assert states(*cases) == ["reported", "reported", "endorsed"]
    assert {case.batch_id for case in map(factories.again, cases[:2])} == {batch.pk}


def test_a_batch_is_not_reported_as_somebody_saw_it_before_it_changed(desk, clerk):
    case = factories.a_case("endorsed", clerk=clerk)
    page = desk.post(BATCH, {"action": "report", "chosen": [f"{case.number}:{case.version - 1}"]})
    assert page.status_code == 422
    assert states(case) == ["endorsed"]


def test_a_batch_is_reported_together_or_not_at_all(desk, clerk):
    cases = three_endorsed(clerk)
    picked = chosen(*cases)
    factories.act(clerk, cases[1], "withdraw")
    page = desk.post(BATCH, {"action": "report", "chosen": picked})
    assert "没有上报" in words(page)
    assert states(*cases) == ["endorsed", "withdrawn", "endorsed"]
    assert not Batch.objects.unscoped().exists()


def test_nothing_chosen_changes_nothing_and_says_so(desk, clerk):
    for action in ("accept", "report"):
        page = desk.post(BATCH, {"action": action})
        assert page.status_code == 422
        assert "没有勾选申请，什么也没有改动。" in words(page)


def test_other_roles_other_acts_and_other_areas_get_nowhere(log_in, desk, clerk, reviewer, elsewhere):
    case = factories.a_case("submitted", clerk=clerk)
    assert log_in(reviewer).get(BATCH, {"action": "accept"}).status_code == 403
    assert desk.get(BATCH, {"action": "recognise"}).status_code == 403
    assert desk.get(BATCH, {"action": "withdraw"}).status_code == 404
    assert desk.get(BATCH).status_code == 404
    other = log_in(elsewhere)
    assert case.number not in words(other.get(BATCH, {"action": "accept", "numbers": [case.number]}))
    result = other.post(BATCH, {"action": "accept", "chosen": chosen(case)})
    assert case.person.name not in words(result)
    assert states(case) == ["submitted"]


def test_the_reviewer_takes_up_the_queue_by_batch(log_in, desk, clerk, reviewer):
    cases = three_endorsed(clerk)
    desk.post(BATCH, {"action": "report", "chosen": chosen(*cases[:2])})
    desk.post(BATCH, {"action": "report", "chosen": chosen(cases[2])})
    page = log_in(reviewer).get("/desk/batches/")
    waiting = [url for url, text in links(page) if "份" in text]
    assert [rows(log_in(reviewer).get(url)) for url in waiting] == [1, 2]
    factories.act(reviewer, cases[2], "recognise")
    assert "已复核完" in words(log_in(reviewer).get("/desk/batches/"))


def test_no_batches_says_what_to_do(desk, log_in, reviewer):
    assert "勾选几份，一起汇总上报" in words(desk.get("/desk/batches/"))
    assert "会按批次出现在这里" in words(log_in(reviewer).get("/desk/batches/"))


def test_exits_and_refusals_are_never_done_to_many_at_once():
    in_bulk = {t.action for t in APPLICATION.every_transition if t.bulk}
    assert in_bulk == {"accept", "ask_correction", "endorse", "report", "recognise", "return"}
    register = (RECOGNITION, *BELOW)
    assert not [t.action for workflow in register for t in workflow.every_transition if t.bulk]


def test_the_preview_shows_what_one_decides_on(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    factories.verify_facts(clerk, case)
    factories.act(clerk, case, "first_review_pass")
    factories.after_the_notice(case)
    page = desk.get(BATCH, {"action": "endorse", "list": "state=notice_over"})
    text = words(page)
    assert "<p>大龄失业人员</p>" in page.content.decode()
    for shown in ("居民身份证、户口簿", "符合", "个工作日", "公示，无异议，同意上报"):
        assert shown in text, shown


def test_many_are_endorsed_each_with_its_opinion_and_one_without_keeps_what_was_typed(desk, clerk):
    cases = [factories.a_case("publishing", clerk=clerk) for _ in range(3)]
    factories.after_the_notice(cases[0])
    said = {f"{case.number}-opinion": f"第{n}份同意上报" for n, case in enumerate(cases)}
    said[f"{cases[1].number}-opinion"] = " "
    page = desk.post(BATCH, {"action": "endorse", "chosen": chosen(*cases), **said})
    assert states(*cases) == ["endorsed", "publishing", "endorsed"]
    assert "签署初审意见并盖章：办成2份，没有办成1份" in words(page)
    assert "没有办理：请填写初审意见。" in words(page)
    assert [line.application.pk for line in page.context["able"]] == [cases[1].pk]
    assert factories.seen_by(None, cases[2]).opinions[-1].text == "第2份同意上报"


def test_corrections_and_returns_are_asked_for_each_with_its_own_reason(log_in, desk, clerk, reviewer):
    waiting = [factories.a_case("submitted", clerk=clerk) for _ in range(2)]
    said = {f"{case.number}-missing": f"第{n}份户口簿不清楚" for n, case in enumerate(waiting)}
    desk.post(BATCH, {"action": "ask_correction", "chosen": chosen(*waiting), **said})
    assert [factories.again(case).corrections for case in waiting] == [["第0份户口簿不清楚"], ["第1份户口簿不清楚"]]
    cases = three_endorsed(clerk)[:2]
    desk.post(BATCH, {"action": "report", "chosen": chosen(*cases)})
    review = log_in(reviewer)
    preview = review.get(BATCH, {"action": "return", "numbers": [case.number for case in cases]})
    assert len(preview.context["able"]) == 2
    said = {f"{case.number}-reason": f"第{n}份缺证明" for n, case in enumerate(cases)}
    review.post(BATCH, {"action": "return", "chosen": chosen(*cases), **said})
    assert states(*cases) == ["returned", "returned"]
    assert [factories.seen_by(None, case).opinions[-1].text for case in cases] == ["第0份缺证明", "第1份缺证明"]


def test_a_reviewer_recognises_the_queue_and_sees_what_changed_since_the_check(log_in, desk, clerk, reviewer):
    cases = three_endorsed(clerk)[:2]
    desk.post(BATCH, {"action": "report", "chosen": chosen(*cases)})
    factories.verify_facts(clerk, cases[1], income_stable=True)
    review = log_in(reviewer)
    page = review.get(BATCH, {"action": "recognise", "list": "state=reported"})
    assert [line.application.pk for line in page.context["able"]] == [cases[0].pk]
    changed = [words for line in page.context["unable"] for words in line.changed]
    assert changed == ["是否有稳定收入：否→是"]
    form = page.context["able"][0].form
    said = {f"{cases[0].number}-{name}": form[name].value() for name in ("opinion", "category")}
    review.post(BATCH, {"action": "recognise", "chosen": chosen(cases[0]), **said})
    assert states(*cases) == ["recognised", "reported"]


def test_a_batch_has_its_sheet_and_is_recalled_until_the_county_has_opened_it(log_in, desk, clerk, reviewer):
    cases = three_endorsed(clerk)
    desk.post(BATCH, {"action": "report", "chosen": chosen(*cases[:2])})
    batch = Batch.objects.unscoped().get()
    sheet = desk.get(f"/desk/batches/{batch.number}/sheet.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(sheet.content)).pages)
    assert "就业困难人员认定汇总表" in text
    assert cases[0].number in text.replace("\n", "")
    assert cases[2].number not in text.replace("\n", "")
    workbook = b"".join(desk.get(f"/desk/batches/{batch.number}/sheet.xlsx").streaming_content)
    sheet = load_workbook(BytesIO(workbook)).active
    assert sheet.max_row == 3
    assert f"{batch.agency.name}　共2人　" in sheet.oddHeader.left.text
    log_in(reviewer).get("/desk/cases/", {"batch": batch.number})  # a look at the list opens no case
    done = desk.post(f"/desk/batches/{batch.number}/recall/", follow=True)
    assert "已撤回" in words(done)
    assert states(*cases) == ["endorsed"] * 3
    desk.post(BATCH, {"action": "report", "chosen": chosen(*cases)})
    log_in(reviewer).get(f"/desk/cases/{cases[0].number}/")
    second = Batch.objects.unscoped().latest("pk")
    assert f"{reviewer.name}已经打开这一批，不能撤回" in words(desk.get("/desk/batches/"))
    late = desk.post(f"/desk/batches/{second.number}/recall/", follow=True)
    assert f"{reviewer.name}已经打开这一批，不能撤回" in words(late)
    assert states(*cases) == ["reported"] * 3
    elsewhere = log_in(factories.staff("clerk", at=factories.OTHER_PLATFORM))
    for where in ("sheet.pdf", "sheet.xlsx"):
        assert elsewhere.get(f"/desk/batches/{second.number}/{where}").status_code == 404
    assert elsewhere.post(f"/desk/batches/{second.number}/recall/").status_code == 404


def test_the_receipts_of_what_was_accepted_are_one_file_to_print(desk, clerk):
    cases = [factories.a_case("submitted", clerk=clerk) for _ in range(2)]
    done = desk.post(BATCH, {"action": "accept", "chosen": chosen(*cases)})
    assert "打印2份受理通知书" in words(done)
    numbers = [case.number for case in cases]
    assert "正在盖章" in words(desk.get("/desk/cases/receipts.pdf", {"numbers": numbers}, follow=True))
    work("make_letter")
    pdf = desk.get("/desk/cases/receipts.pdf", {"numbers": numbers})
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    assert all(case.person.name in text for case in cases)


def test_a_preview_of_many_takes_as_many_queries_as_one_of_few(desk, clerk):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            desk.get(BATCH, {"action": "accept", "list": "state=submitted"})
        return len(queries)

    factories.a_case("submitted", clerk=clerk)
    desk.get(BATCH, {"action": "accept", "list": "state=submitted"})
    few = asked()
    for _ in range(2):
        factories.a_case("submitted", clerk=clerk)
    assert asked() == few
