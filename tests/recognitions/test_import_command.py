"""Earlier registers and departments' files by the command line: tried, brought, and a register confirmed by a second person."""

import pytest
from openpyxl import load_workbook

from jiuyuan import cli
from jiuyuan.people.facts import standing
from jiuyuan.people.models import ImportBatch
from jiuyuan.recognitions.models import Recognition
from tests.factories import an_applicant, staff
from tests.people.sources.files import a_csv, on_file
from tests.recognitions.test_import_register import HEADING, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """`command("import-register", content, "--dry-run")` → exit status, what it prints, what it complains of."""
    monkeypatch.setattr("jiuyuan.commands.imports.open_installation", lambda: None)

    def run(name, content, *options, file="名册.csv"):
        path = tmp_path / file
        path.write_bytes(content)
        words = name.split()
        status = cli.main([*words, str(path), *options])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_command_imports_and_may_be_run_again(reviewer, command):
    content = a_csv([HEADING, *(line(an_applicant("1966-05-06")) for _ in range(2))])
    status, told, _ = command("import-register", content)
    assert (status, "等另一名复核人确认（第1批）" in told.replace(str(last_batch().pk), "1")) == (0, True)
    status, _, complaint = command("import-register", content)
    assert (status, "须由另一人" in complaint) == (2, True)
    assert not Recognition.objects.unscoped().exists()
    second = ("--as", staff("reviewer").username)
    status, told, _ = command("import-register", content, *second)
    assert (status, "导入完成：新导入2行。" in told) == (0, True)
    assert [last_batch().by, last_batch().confirmed_by.username] == [reviewer, second[1]]
    status, told, _ = command("import-register", content, *second)
    assert (status, "已在名册2行。" in told) == (0, True)
    assert Recognition.objects.unscoped().count() == 2


def last_batch():
    return ImportBatch.objects.unscoped().select_related("by", "confirmed_by").latest("pk")


def test_command_tries_first_and_marks_the_faulty_cells_in_its_report(reviewer, command, tmp_path):
    good, bad = an_applicant("1966-05-06"), an_applicant("1967-05-06")
    content = a_csv([["名册"], HEADING, line(good), line(bad, 认定日期="去年", 姓名="=1+1"), ["合计", "", 2]])
    report = tmp_path / "报告.xlsx"
    status, told, _ = command("import-register", content, "--dry-run", "--report", str(report))
    assert status == 1
    assert told.startswith("试运行完成，没有改动任何记录：新导入1行，不能用1行。")
    assert "第4行（姓名、认定日期）" in told
    assert not Recognition.objects.unscoped().exists()
    assert ImportBatch.objects.unscoped().get().status == "discarded"
    sheet = load_workbook(report).active
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["行号", "结果", "说明", "有误的列", *HEADING]
    assert [cell.value for cell in sheet[2]][:2] == [3, "新导入"]
    marked = {heads[cell.column - 1]: cell for cell in sheet[3] if cell.fill.fill_type == "solid"}
    assert set(marked) == {"姓名", "认定日期"}
    assert marked["姓名"].value == "'=1+1"
    assert "不是日期" in marked["认定日期"].comment.text


def test_command_imports_a_departments_file(reviewer, command):
    card = an_applicant("1966-05-06")
    person = on_file(card)
    content = a_csv([["身份证号码", "残疾人证状态"], [card.id_number, "有效"]], "gb18030")
    status, told, _ = command("import-records disabled_federation", content, file="残联20260301.csv")
    assert (status, "导入完成：有变化1行。" in told) == (0, True)
    assert standing(person.facts.all())["disability_certificate"].value is True
    status, _, complaint = command("import-records disabled_federation", content, file="残联20260301.csv")
    assert (status, "已经导入过" in complaint) == (2, True)


@pytest.mark.parametrize(
    ("name", "content", "options", "told"),
    [
        ("import-records weather", b"x", (), "DEPARTMENT"),
        ("import-register", b"x", ("--as", "nobody"), "账号 nobody 不存在"),
        ("import-register", b"x,y\n1,2\n", (), "找不到表头"),
        ("import-register", b"", (), "文件是空的"),
        ("import-register", b"\x89PNG\0", (), "这是图片，不是表格"),
        ("import-register", b"\0ab", (), "文字编码认不出来"),
    ],
)
def test_command_that_cannot_start_says_why(reviewer, command, name, content, options, told):
    status, _, complaint = command(name, content, *options)
    assert (status, told in complaint) == (2, True), complaint


def test_command_asks_which_reviewer_where_there_are_several(reviewer, command):
    staff("reviewer")
    assert "请用 --as USERNAME" in command("import-register", b"x")[2]
    card = an_applicant("1966-05-06")
    status, _, _ = command("import-register", a_csv([HEADING, line(card)]), "--as", reviewer.username)
    assert (status, last_batch().by, last_batch().status) == (0, reviewer, "checked")


def test_command_says_that_a_file_is_not_there(reviewer, capsys, monkeypatch):
    monkeypatch.setattr("jiuyuan.commands.imports.open_installation", lambda: None)
    assert cli.main(["import-register", "没有.csv"]) == 2
    assert "没有.csv 读不出来" in capsys.readouterr().err
