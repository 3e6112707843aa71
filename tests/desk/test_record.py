"""What auditors read, what leaves the system as a file, and the sheet for the board outside."""

import inspect
import io
import re
from pathlib import Path

import pytest
from django.apps import apps
from openpyxl import load_workbook
from pypdf import PdfReader

from jiuyuan.applications import replay as applications
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.desk import file_names, spreadsheets, timeline
from jiuyuan.history.models import Entry, Look
from jiuyuan.procedures import engine
from jiuyuan.procedures.registry import WORKFLOWS
from jiuyuan.recognitions import replay as recognitions
from tests import factories
from tests.desk.reading import links, rows, words
from tests.jobs import work

SOURCE = Path(timeline.__file__).parents[1]


@pytest.fixture
def auditor(log_in, db):
    return log_in(factories.staff("auditor", at=factories.COUNTY))


def test_an_auditor_lands_on_the_record_and_reads_it_in_words(auditor, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    assert auditor.get("/desk/").url == "/desk/history/"
    text = words(auditor.get("/desk/history/", {"file": case.number}))
    assert "受理，开始计算10个工作日" in text
    assert "李明" in text


def test_every_kind_of_file_of_the_record_has_a_name():
    sources = [
        inspect.getsource(one.fget)
        for model in apps.get_models()
        if isinstance(one := getattr(model, "file", None), property) and one.fget is not None
    ]
    kinds = {kind for source in sources for kind in re.findall(r'f"([a-z_]+):', source)}
    assert len(kinds) > 20
    assert kinds <= set(file_names._KINDS)


def test_files_are_called_by_name_and_each_act_is_offered_once(auditor, desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    desk.get(f"/desk/people/{case.person_id}/")
    for page in (auditor.get("/desk/history/"), auditor.get("/desk/looks/")):
        assert case.person.name in {name for *_, name in page.context["rows"]}
        assert f"person:{case.person_id}" not in words(page)
    offered = [label for _, label in timeline.distinct_acts()]
    assert len(offered) == len(set(offered))


def test_the_record_can_be_narrowed_by_act_person_and_day(auditor, clerk, today):
    case = factories.a_case("accepted", clerk=clerk)
    request = factories.a_signed_request(clerk, case)
    today("2026-03-03")
    factories.act(clerk, case, "withdraw", request=request)
    assert rows(auditor.get("/desk/history/", {"action": "accept"})) == 1
    assert rows(auditor.get("/desk/history/", {"since": "2026-03-03"})) == 1
    assert rows(auditor.get("/desk/history/", {"until": "2026-03-02", "action": "withdraw"})) == 0
    assert rows(auditor.get("/desk/history/", {"actor": clerk.username, "action": "submit"})) == 1
    assert rows(auditor.get("/desk/history/", {"since": "nonsense", "action": "accept"})) == 1
    assert "放宽条件再看" in words(auditor.get("/desk/history/", {"actor": "nobody"}))


def test_auditors_see_the_record_of_their_area_only(log_in, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    other = log_in(factories.staff("auditor", at=factories.OTHER_COUNTY))
    assert rows(other.get("/desk/history/")) == 0
    assert rows(other.get("/desk/looks/")) == 0
    assert case.number not in other.get("/desk/history/export.csv").getvalue().decode()


def test_auditors_see_neither_cases_nor_people(auditor, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    for url in ("/desk/cases/", f"/desk/cases/{case.number}/", "/desk/register/", f"/desk/people/{case.person_id}/"):
        assert auditor.get(url).status_code == 403
    answer = auditor.post("/desk/search", {"q": case.number})
    assert rows(auditor.get(answer.url)) > 0


def test_looks_say_who_saw_whose_whole_number(auditor, desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    desk.get(f"/desk/cases/{case.number}/")
    desk.post(f"/desk/cases/{case.number}/number/")
    assert rows(auditor.get("/desk/looks/", {"file": case.number})) == 2
    assert rows(auditor.get("/desk/looks/", {"file": case.number, "unmasked": "on"})) == 1
    assert "完整号码" in words(auditor.get("/desk/looks/"))


def test_long_records_are_paged_by_key(auditor, clerk, monkeypatch):
    monkeypatch.setattr("jiuyuan.desk.queries.PAGE", 4)
    case = factories.a_case("accepted", clerk=clerk)
    total = Entry.objects.unscoped().filter(file=case.file).count()
    first = auditor.get("/desk/history/", {"file": case.number})
    following = next(url for url, text in links(first) if text == "下一页")
    assert f"file={case.number}" in following
    second = auditor.get(f"/desk/history/{following}")
    assert rows(first) == 4
    assert rows(second) == min(4, total - 4)


def test_the_chain_is_verified_on_demand(auditor, clerk):
    factories.a_case("accepted", clerk=clerk)
    assert "现在核验" in words(auditor.get("/desk/verify/"))
    assert "记录完整" in words(auditor.get("/desk/verify/", {"run": "1"}))


def test_a_record_that_was_tampered_with_is_found(auditor, clerk, monkeypatch):
    factories.a_case("accepted", clerk=clerk)
    monkeypatch.setattr("jiuyuan.history.verifying.content_hash", lambda *content: "0" * 64)
    text = words(auditor.get("/desk/verify/", {"run": "1"}))
    assert "记录链有问题" in text
    assert "内容被改动" in text


def test_a_long_record_is_sent_to_the_command_line(auditor, clerk, monkeypatch):
    factories.a_case("accepted", clerk=clerk)
    monkeypatch.setattr("jiuyuan.desk.views.record.MOST_IN_A_PAGE", 3)
    assert "jiuyuan audit verify" in words(auditor.get("/desk/verify/", {"run": "1"}))


def test_the_export_of_the_record_is_escaped_and_recorded(auditor, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    engine.act(clerk, APPLICATION, case.number, "ask_correction", {"missing": ["=HYPERLINK(1)", "@SUM(A1)"]})
    answer = auditor.get("/desk/history/export.csv", {"file": case.number, "action": "ask_correction"})
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff时间,")
    assert "'=HYPERLINK(1)" in text
    assert Look.objects.unscoped().filter(file="export:record", what="导出操作记录").exists()


@pytest.mark.parametrize("words_", ["=1+1", "+86", "-5", "@x", " =1", "\t=1"])
def test_a_cell_never_begins_a_formula(words_):
    assert spreadsheets.cell(words_) == f"'{words_}"


def test_numbers_and_plain_words_are_left_alone():
    assert [spreadsheets.cell(value) for value in (-5, "王芳", None, 0)] == [-5, "王芳", "", 0]


def test_the_export_is_the_list_with_its_filters_masked_and_recorded(desk, clerk):
    shown = factories.a_case("submitted", factories.an_applicant(name="王芳"), clerk=clerk)
    factories.a_case("accepted", clerk=clerk)
    answer = desk.get("/desk/cases/export.xlsx", {"state": "submitted"})
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    lines = list(sheet.iter_rows(values_only=True))
    assert len(lines) == 2
    assert "期限是否暂定" in lines[0]
    assert "确定" not in str(lines)
    assert lines[1][:4] == (shown.number, "王芳", "女", shown.person.masked_id_number)
    assert shown.person.id_number not in str(lines)
    assert shown.person.phone not in str(lines)
    look = Look.objects.unscoped().get(file="export:cases")
    assert (look.actor, look.what) == (clerk.username, "导出申请清单：state=submitted")


def test_an_export_says_above_each_page_everything_that_it_was_narrowed_to_and_the_page_keeps_it(desk, clerk):
    asked = {
        "state": "closed",
        "channel": "window",
        "finished": "2026-01-01_2026-03-31",
        "reason": "none",
        "sex": "female",
    }
    asked |= {"contradiction": "on", "batch": "B1", "returned": "2026-01-01_2026-03-31", "due": "late", "age": "50-59"}
    above = load_workbook(io.BytesIO(desk.get("/desk/cases/export.xlsx", asked).getvalue())).active.oddHeader.left.text
    period = "2026年1月1日至2026年3月31日"
    for words_ in (
        "已办结",
        "渠道：窗口",
        f"{period}办结",
        f"{period}退回",
        "要补充或改正",
        "女",
        "50至59岁",
        "批次B1",
        "期限：超期办结",
        "事实有矛盾",
    ):
        assert words_ in above
    page = desk.get("/desk/cases/", asked)
    assert f"{period}办结" in words(page)
    assert '<input type="hidden" name="finished" value="2026-01-01_2026-03-31">' in page.content.decode()


def test_the_export_takes_as_many_queries_for_many_as_for_few(desk, clerk, django_assert_num_queries):
    factories.a_case("submitted", clerk=clerk)
    desk.get("/desk/cases/export.xlsx").getvalue()
    for _ in range(3):
        factories.a_case("draft", clerk=clerk)
    with django_assert_num_queries(8):  # the look is counted on and written in one transaction
        desk.get("/desk/cases/export.xlsx").getvalue()


def test_the_board_outside_shows_name_sex_and_masked_number_by_platform_and_period(desk, clerk, today):
    today("2026-03-02")
    first = factories.a_case(
        "publishing", factories.an_applicant(name="王芳", categories=("disabled", "older")), clerk=clerk
    )
    today("2026-03-03")
    second = factories.a_case("publishing", factories.an_applicant(name="赵敏"), clerk=clerk)
    work("make_sheets")
    page = desk.get("/desk/notices/")
    sheets = [url for url, text in links(page) if text.startswith("打印张贴的公示")]
    assert len(sheets) == 2
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(desk.get(sheets[0]).content)).pages)
    assert "王芳" in text
    assert "赵敏" not in text
    assert first.person.masked_id_number.replace("*", "")[:6] in text
    for hidden in (first.person.id_number, first.person.phone, "残疾", second.person.name):
        assert hidden not in text


def test_a_sheet_that_is_over_or_elsewhere_is_not_there(desk, log_in, clerk, elsewhere):
    factories.a_case("publishing", clerk=clerk)
    sheet = next(url for url, text in links(desk.get("/desk/notices/")) if text.startswith("打印"))
    assert log_in(elsewhere).get(sheet).status_code == 404
    assert desk.get("/desk/notices/nonsense.pdf").status_code == 404
    assert "现在没有公示" in words(log_in(elsewhere).get("/desk/notices/"))


def test_every_act_in_the_record_has_its_words():
    """Whatever a service appends is read out by `timeline`, not by its code."""
    known = applications.known() | recognitions.KNOWN
    assert {"create", "facts", "person_registered", "ended", "exit_proposed"} <= known
    assert not known - set(timeline.ACTS)


def test_no_code_of_a_choice_reaches_the_line_of_what_was_done():
    codes = [
        (transition, need.name, code, label)
        for workflow in WORKFLOWS.values()
        for transition in workflow.every_transition
        for need in transition.needs
        if need.kind in ("choice", "many") and need.name in (*timeline._SAID, "kind")
        for code, label in need.choices
    ]
    assert {name for _, name, _, _ in codes} >= {"ground", "reason", "how", "outcome", "kind"}
    for transition, name, code, label in codes:
        said = timeline._said(transition.record or transition.action, {name: code})
        assert said == re.sub("[。；]+$", "", label)
    assert timeline._said("visit_confirmed", {"corrected": "2025-05-10"}) == "2025年5月10日"
