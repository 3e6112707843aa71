"""Importing on the desk: tried first, reported by row, imported by the worker, taken back after being asked once more."""

import io
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from jiuyuan.history.models import Look
from jiuyuan.people.facts import standing
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import queries, recording, running
from jiuyuan.recognitions import jobs
from jiuyuan.recognitions.models import Recognition
from tests.desk.reading import links, rows, words
from tests.factories import OTHER_COUNTY, an_applicant, staff
from tests.jobs import fell_silent, work
from tests.people.sources.files import INSURANCE, a_csv, an_xlsx, imported, somebody, uploaded
from tests.recognitions.test_import_register import HEADING, line

pytestmark = pytest.mark.django_db
run_waiting = partial(work, "try_file", "import_file", "take_back_file")
LIST, REGISTER = "/desk/imports/", "/desk/register/import/"


@pytest.fixture
def desk(log_in, reviewer):
    """The reviewer's browser."""
    return log_in(reviewer)


def a_file(*lines, name="社保20260301.csv"):
    return SimpleUploadedFile(name, a_csv([INSURANCE, *lines]))


def insured(card, status="在缴"):
    return [card.name, card.id_number, status, "单位职工", "", ""]


def upload(desk, *lines, kind="social_insurance") -> ImportBatch:
    response = desk.post(LIST, {"kind": kind, "file": a_file(*lines)})
    assert response.status_code == 302, words(response)
    batch = ImportBatch.objects.unscoped().latest("pk")
    assert response.url == f"{LIST}{batch.pk}/"
    return batch


def test_file_is_tried_looked_at_imported_and_taken_back(desk, reviewer):
    person, card = somebody(name="王秀英")
    batch = upload(desk, insured(card), insured(an_applicant("1970-01-01")))
    page = desk.get(f"{LIST}{batch.pk}/")
    assert "正在试运行" in words(page)

    assert run_waiting() == 1
    page = desk.get(f"{LIST}{batch.pk}/")
    assert "试运行完成，还没有改动任何记录" in words(page)
    assert "是否在用人单位参保：尚不清楚→是" in words(page)
    assert "insured_by_employer" not in standing(person.facts.all())

    assert desk.post(f"{LIST}{batch.pk}/start/").url == f"{LIST}{batch.pk}/"
    assert "正在导入" in words(desk.get(f"{LIST}{batch.pk}/"))
    assert run_waiting() == 1
    page = desk.get(f"{LIST}{batch.pk}/")
    assert "撤回这一批" in words(page)
    assert rows(page) == 2
    assert (f"/desk/people/{person.pk}/", "王秀英") in links(page)
    fact = standing(person.facts.all())["insured_by_employer"].best
    assert (fact.value, str(fact.observed_on), fact.recorded_by) == (True, "2026-03-01", reviewer)

    asked = desk.get(f"{LIST}{batch.pk}/take-back/")
    assert "撤回这一批导入？" in words(asked)
    assert desk.post(f"{LIST}{batch.pk}/take-back/", {"reason": "发来的是上个月的数据"}).status_code == 302
    assert "正在撤回" in words(desk.get(f"{LIST}{batch.pk}/"))
    assert run_waiting() == 1
    assert "这一批已经撤回" in words(desk.get(f"{LIST}{batch.pk}/"))
    assert "insured_by_employer" not in standing(person.facts.all())


def test_rows_are_paged_and_filtered_and_the_counts_are_those_of_the_lists(desk, reviewer, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    cards = [somebody()[1] for _ in range(5)]
    lines = [
        *(insured(card) for card in cards),
        insured(an_applicant("1970-01-01")),
        ["王秀英", "1", "在缴", "单位职工", "", ""],
    ]
    batch = imported(reviewer, "social_insurance", a_csv([INSURANCE, *lines]))
    page = desk.get(f"{LIST}{batch.pk}/")
    tabs = {
        text
        for _, text in links(page)
        if text.split(" ")[0] in ("全部", "有变化", "不在册", "不能用", "相符", "有矛盾")
    }
    assert tabs == {"全部 7", "有变化 5", "不在册 1", "不能用 1", "相符 0", "有矛盾 0"}
    seen, address = [], f"{LIST}{batch.pk}/?outcome=changed"
    while address:
        page = desk.get(address)
        seen += [row.row for row, *_ in page.context["rows"]]
        following = page.context["next"]
        address = f"{LIST}{batch.pk}/?outcome=changed&cursor={following}" if following else ""
    assert seen == [2, 3, 4, 5, 6]
    assert [row.row for row, *_ in desk.get(f"{LIST}{batch.pk}/?outcome=changed&cursor=before:5").context["rows"]] == [
        2,
        3,
        4,
    ]
    assert [row.row for row, *_ in desk.get(f"{LIST}{batch.pk}/?cursor=nonsense").context["rows"]] == [2, 3, 4]
    assert desk.get(f"{LIST}{batch.pk}/?outcome=nonsense").context["outcome"] == ""


def test_report_has_every_row_and_runs_no_formula(desk, reviewer):
    person, card = somebody()
    batch = imported(
        reviewer, "social_insurance", a_csv([INSURANCE, insured(card), ["王", card.id_number, "=1+1", "", "", ""]])
    )
    ImportRow.objects.unscoped().filter(batch=batch, row=3).update(message="=HYPERLINK(1)")
    response = desk.get(f"{LIST}{batch.pk}/report.xlsx")
    assert "attachment" in response["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(b"".join(response))).active
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert told[0] == ["行号", "结果", "说明", "有误的列", "姓名"]
    assert told[1][:2] == [2, "有变化"]
    assert told[1][4] == person.name
    assert told[2][2] == "'=HYPERLINK(1)"
    assert Look.objects.unscoped().filter(file=f"import:{batch.pk}", what="下载导入报告").exists()
    only = desk.get(f"{LIST}{batch.pk}/report.xlsx?outcome=rejected")
    assert load_workbook(io.BytesIO(b"".join(only))).active.max_row == 2


def test_progress_is_asked_for_until_it_is_done(desk):
    batch = upload(desk, insured(somebody()[1]))
    part = desk.get(f"{LIST}{batch.pk}/progress/")
    assert f'hx-get="{LIST}{batch.pk}/progress/"' in part.content.decode()
    run_waiting()
    part = desk.get(f"{LIST}{batch.pk}/progress/")
    assert "hx-get" not in part.content.decode()
    assert "看结果" in words(part)


def test_page_that_waits_loads_itself_again_without_scripts(desk):
    batch = upload(desk, insured(somebody()[1]))
    assert 'http-equiv="refresh"' in desk.get(f"{LIST}{batch.pk}/").content.decode()


def test_run_that_went_silent_is_told_and_taken_up_by_the_worker(desk, reviewer, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    cards = [somebody()[1] for _ in range(3)]
    batch = uploaded(reviewer, "social_insurance", a_csv([INSURANCE, *map(insured, cards)]), dry=False)

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "beat", kill)  # after the first chunk
        with pytest.raises(Killed):
            run_waiting()
    assert run_waiting() == 0
    fell_silent()
    assert "后台程序可能没有运行" in words(desk.get(f"{LIST}{batch.pk}/"))
    assert run_waiting() == 1
    batch.refresh_from_db()
    assert (batch.status, batch.counts) == ("done", {"changed": 3})


def test_mapping_that_breaks_while_a_file_waits_ends_it_in_words(desk, monkeypatch):
    from jiuyuan.people.sources import mapping

    batch = upload(desk, insured(somebody()[1]))

    def broken(_kind, _area):
        raise mapping.UnusableMapping("对照表 social_insurance.toml 有误")

    monkeypatch.setattr(recording, "load", broken)
    run_waiting()
    assert "对照表 social_insurance.toml 有误" in words(desk.get(f"{LIST}{batch.pk}/"))


def test_file_that_was_only_tried_is_given_up(desk, committed):
    batch = upload(desk, insured(somebody()[1]))
    run_waiting()
    assert desk.post(f"{LIST}{batch.pk}/discard/").url == LIST
    assert "已放弃" in words(desk.get(f"{LIST}{batch.pk}/")) + words(desk.get(LIST))
    assert "这一批现在是“已放弃”，不能导入" in words(desk.post(f"{LIST}{batch.pk}/start/", follow=True))


def test_same_file_tried_twice_is_imported_once(desk, reviewer):
    lines = [insured(somebody()[1])]
    first, second = upload(desk, *lines), upload(desk, *lines)
    run_waiting()
    desk.post(f"{LIST}{first.pk}/start/")
    response = desk.post(f"{LIST}{second.pk}/start/", follow=True)
    assert "已经导入过" in words(response)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "请选择要导入的文件"),
        ({"file": "", "kind": "social_insurance"}, "请选择要导入的文件"),
        ({"kind": "weather"}, "数据种类应为"),
        ({"kind": ""}, "数据种类应为"),
        ({"kind": "social_insurance", "observed_on": "2026-03-09"}, "数据日期不能晚于今天"),
        ({"kind": "social_insurance", "observed_on": "0001-01-01"}, "不是真实的日期"),
        ({"kind": "social_insurance", "observed_on": "1825-03-01"}, "太早，不可能"),
        ({"kind": "social_insurance", "observed_on": "昨天"}, "请写成2026-03-02的样子"),
    ],
)
def test_what_is_wrong_with_an_upload_is_told_at_its_field(desk, given, told):
    given = dict(given)
    if given and "file" not in given:
        given["file"] = a_file()
    response = desk.post(LIST, given)
    assert response.status_code == 422
    assert told in words(response)
    assert not ImportBatch.objects.unscoped().exists()


def test_taking_back_needs_a_reason(desk, reviewer):
    batch = imported(reviewer, "social_insurance", a_csv([INSURANCE, insured(somebody()[1])]))
    response = desk.post(f"{LIST}{batch.pk}/take-back/", {"reason": " "})
    assert response.status_code == 422
    assert "请写明为什么撤回" in words(response)


def test_earlier_register_is_tried_with_its_faulty_cells_marked_and_then_confirmed_by_another(desk, log_in):
    good, bad = an_applicant("1966-05-06"), an_applicant("1967-05-06")
    content = an_xlsx([["名册"], HEADING, line(good), line(bad, 认定日期="去年")])
    assert "继续保留资格" in words(desk.get(REGISTER))
    response = desk.post(REGISTER, {"file": SimpleUploadedFile("名册.xlsx", content)})
    address = response.url
    run_waiting()
    page = desk.get(address)
    assert "新导入 1" in words(page)
    assert "认定日期" in words(page)
    sheet = load_workbook(io.BytesIO(b"".join(desk.get(f"{address}report.xlsx")))).active
    assert [cell.value for cell in sheet[3] if cell.fill.fill_type == "solid"] == ["去年"]
    assert "须由另一人" in words(page)
    assert f"{address}start/" not in page.content.decode()
    desk.post(f"{address}start/")
    run_waiting()
    assert not Recognition.objects.unscoped().exists()
    other = log_in(staff("reviewer"))
    assert "等您确认的名册" in words(other.get("/desk/today/"))
    assert f"{address}start/" in other.get(address).content.decode()
    other.post(f"{address}start/")
    run_waiting()
    assert Recognition.objects.unscoped().get().carried_over
    assert "确认" in words(other.get(address))
    assert "撤回这一批" not in words(desk.get(address))
    assert load_workbook(io.BytesIO(b"".join(desk.get(f"{address}report.xlsx")))).active.max_row == 3


def test_register_without_a_file_says_so(desk):
    assert "请选择要导入的文件" in words(desk.post(REGISTER, {}))


@pytest.mark.parametrize("role", ["clerk", "supervisor", "province", "auditor"])
def test_only_reviewers_open_the_pages(log_in, reviewer, role):
    batch = imported(reviewer, "social_insurance", a_csv([INSURANCE, insured(somebody()[1])]))
    other = log_in(staff(role))
    for address in (
        LIST,
        REGISTER,
        f"{LIST}{batch.pk}/",
        f"{LIST}{batch.pk}/report.xlsx",
        f"{LIST}{batch.pk}/progress/",
        f"{LIST}{batch.pk}/take-back/",
    ):
        theirs = role == "clerk" and str(batch.pk) in address  # who may import, but nothing like this: it is not there
        assert other.get(address).status_code == (404 if theirs else 403)
    assert "数据导入" not in words(other.get(reverse("desk:home"), follow=True))


def test_another_county_does_not_see_the_batch(log_in, reviewer):
    batch = imported(reviewer, "social_insurance", a_csv([INSURANCE, insured(somebody()[1])]))
    other = log_in(staff("reviewer", at=OTHER_COUNTY))
    for address in ("", "report.xlsx", "progress/", "take-back/"):
        assert other.get(f"{LIST}{batch.pk}/{address}").status_code == 404
    for act in ("start/", "discard/", "take-back/"):
        assert other.post(f"{LIST}{batch.pk}/{act}", {"reason": "x"}).status_code == 404
    assert batch.file_name not in words(other.get(LIST))
    assert other.get(f"{LIST}{10**25}/").status_code == 404
    assert other.post(f"{LIST}{10**25}/start/").status_code == 404


def test_id_number_in_the_name_of_a_file_is_masked(desk, reviewer):
    _, card = somebody()
    batch = imported(reviewer, "social_insurance", a_csv([INSURANCE, insured(card)]), f"{card.id_number}.csv")
    for address in (LIST, f"{LIST}{batch.pk}/"):
        assert card.id_number not in desk.get(address).content.decode()
