"""What a spreadsheet program opens is read, as far as somebody sees it; what is no table says what it is."""

import io
import random
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from jiuyuan.people.sources import cells, reading
from jiuyuan.refusals import BadInput
from jiuyuan.spreadsheets import opening
from jiuyuan.spreadsheets.cells import Damaged

FILES = Path(__file__).parent / "files"
WANTED = {"id_number": ["身份证号码"], "name": ["姓名"], "status": ["参保状态", "缴费状态"], "day": ["数据日期"]}
NEEDED = [["id_number"], ["status"]]
HEADING = ["身份证号码", "姓名", "参保状态"]
NUMBER = "220102197001041244"


def read(content, name="数据.xlsx"):
    table = reading.table(io.BytesIO(content), name, WANTED, NEEDED)
    return table, list(table.rows)


def refused(content, name="数据.xlsx"):
    with pytest.raises(BadInput) as no:
        read(content, name)
    [(field, sentence)] = no.value.errors
    assert (field, name in sentence) == ("file", True)
    return sentence


def a_book(**sheets):
    """A workbook of sheets by name, each a list of rows; one in a tuple is hidden."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if isinstance(rows, tuple) else "visible"
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def renamed(content, names, texts=()):
    """The same workbook with parts under other names; `texts` are replaced in all of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            text = old.read(info)
            for before, after in texts:
                text = text.replace(before, after)
            new.writestr(names.get(info.filename, info.filename), text)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["a_x000d.xlsx", "b_capital.xlsx", "c_backslash.xlsx", "t_emptyfirst.xlsx", "k6_html.xls"]
)
def test_file_that_excel_opens_is_read(name):
    table, rows = read((FILES / name).read_bytes(), name)
    assert table.headings[:2] == ["身份证号码", "姓名"]
    first = rows[0][1]
    assert cells.id_number(first[0], date(2026, 3, 2)).number == NUMBER
    assert [cells.text(first[place]) for place in (1, 3)] == ["马晓东", "停保"]


def test_parts_are_found_by_their_relations_wherever_they_lie():
    content = renamed(
        a_book(数据=[HEADING, [NUMBER, "马晓东", "停保"]]),
        {
            "xl/workbook.xml": "Book/Main.XML", "xl/_rels/workbook.xml.rels": "book/_rels/main.xml.rels",
            "xl/sharedStrings.xml": "words.xml", "xl/worksheets/sheet1.xml": "xl\\Blatt.xml", "xl/styles.xml": "xl/looks.xml",
        },
        [
            (b"xl/workbook.xml", b"book/main.xml"), (b"/xl/worksheets/sheet1.xml", b"..\\XL\\blatt.xml"),
            (b'"/xl/sharedStrings.xml"', b'"../words.xml"'), (b'"sharedStrings.xml"', b'"../words.xml"'),
            (b"styles.xml", b"../xl/looks.xml"),
        ],
    )  # fmt: skip
    assert read(content)[1] == [(2, [NUMBER, "马晓东", "停保"])]


def test_hidden_sheet_is_not_read_and_the_one_that_was_is_named():
    last_month = [HEADING, [NUMBER, "马晓东", "参保"]]
    table, rows = read(a_book(上月=(*last_month,), 说明=[["怎样填写"]], 本月=[HEADING, [NUMBER, "马晓东", "停保"]]))
    assert (table.sheet, rows) == ("本月", [(2, [NUMBER, "马晓东", "停保"])])


def test_old_workbook_is_read_as_far_as_it_is_seen():
    table, rows = read((FILES / "hidden_first.xls").read_bytes(), "低保.xls")
    assert (table.sheet, [row[2] for _, row in rows]) == ("本月", ["停保"])


def _xlsx_with_hidden_rows():
    rows = [["上月数据"], HEADING, [NUMBER, "马晓东", "参保"], [NUMBER, "马晓东", "停保"], [None], ["合计"]]
    book = load_workbook(io.BytesIO(a_book(本月=rows)))
    for hidden in (1, 3, 5):
        book["本月"].row_dimensions[hidden].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xml_with_hidden_rows(unseen="Hidden='1'"):
    rows = [["上月数据"], HEADING, [NUMBER, "马晓东", "参保"], [NUMBER, "马晓东", "停保"], [], ["合计"]]
    written = "".join(
        f"<Row {f'ss:{unseen}' if number in (1, 3, 5) else ''}>"
        + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row)
        + "</Row>"
        for number, row in enumerate(rows, 1)
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return f"""<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">
<Worksheet ss:Name="说明"><Table><Row ss:Hidden="1"><Cell ss:MergeDown="3"><Data ss:Type="String">怎样填</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="本月"><Table>{written}</Table></Worksheet></Workbook>""".encode()


def _page_with_hidden_rows(before="", unseen='style="height:12pt; display : none"', after=""):
    return f"""<html><meta charset="utf-8"><table style="display:none"><tr><td>身份证号码<td>姓名<td>参保状态</tr>
<tr><td>{NUMBER}<td>马晓东<td>退保</tr></table>
<table><tr hidden><td>上月数据</tr><tr><td>身份证号码<td>姓名<td>参保状态</tr>
{before}<tr {unseen}><td>{NUMBER}<td>马晓东<td>参保</tr>{after}<tr><td>{NUMBER}<td>马晓东<td>停保</tr>
<tr hidden></tr><tr><td>合计</tr></table></html>""".encode()


@pytest.mark.parametrize(
    "content",
    [
        _xlsx_with_hidden_rows(),
        (FILES / "hidden_rows.xls").read_bytes(),
        _xml_with_hidden_rows(),
        _page_with_hidden_rows(),
        renamed(_xlsx_with_hidden_rows(), {}, [(b'hidden="1"', b'ht="0" customHeight="1"')]),
        _xml_with_hidden_rows("Height='0'"),
        _page_with_hidden_rows(unseen='style="visibility: collapse"'),
        _page_with_hidden_rows(unseen='style="height:0"'),
        _page_with_hidden_rows("<tbody style='display:none'>", "", "</tbody>"),
        _page_with_hidden_rows("<tbody hidden>", "", "<tbody>"),
    ],
    ids=[
        "xlsx", "xls", "xml", "html", "xlsx without height", "xml without height", "html collapsed", "html without height",
        "html of a hidden body", "html before a body",
    ],
)  # fmt: skip
def test_hidden_row_of_a_sheet_that_is_seen_is_named_and_not_read(content):
    _, [(first, unread), second] = read(content)
    assert (first, "隐藏" in unread.reason, "取消隐藏和筛选" in unread.reason) == (3, True, True)
    assert second == (4, [NUMBER, "马晓东", "停保"])


def test_row_whose_formula_nobody_worked_out_is_named_and_not_taken_for_blank():
    rows = [
        ["序号", "身份证号码", "参保状态", "缴费状态"], ["=ROW()", NUMBER, "停保", ""],
        [2, NUMBER, '=IF(A3>1,"在缴","停保")', "停保"], [3, f'="{NUMBER}"', "停保", ""], ["合计", "", "=COUNTA(B2:B4)", ""],
    ]  # fmt: skip
    wanted = {"id_number": ["身份证号码"], "status": ["参保状态"], "payment": ["缴费状态"]}
    told = list(reading.table(io.BytesIO(a_book(本月=rows)), "社保.xlsx", wanted, NEEDED).rows)
    assert [number for number, _ in told] == [2, 3, 4]
    assert told[0][1][1:3] == [NUMBER, "停保"]  # what nobody wants may stay as it is
    for _, unread in told[1:]:
        assert "公式没有算出结果" in unread.reason


def _xlsx_with_hidden_columns():
    book = load_workbook(io.BytesIO(a_book(本月=[[*HEADING, "备注"], [NUMBER, "马晓东", "停保", "上月"]])))
    for hidden in "CD":
        book["本月"].column_dimensions[hidden].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xml_with_hidden_columns():
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in ([*HEADING, "备注"], [NUMBER, "马晓东", "停保", "上月"])
    )
    return f"""<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="本月"><Table>
<Column ss:Width="80"/><Column ss:Index="3" ss:Hidden="1" ss:Span="1"/>{rows}</Table></Worksheet></Workbook>""".encode()


def _page_with_hidden_columns(columns, hidden=""):
    return f"""<html><meta charset="utf-8"><table>{columns}<tr><td>身份证号码<td>姓名<td {hidden}>参保状态<td>备注</tr>
<tr><td>{NUMBER}<td>马晓东<td {hidden}>停保<td>上月</tr></table></html>""".encode()


@pytest.mark.parametrize(
    "content",
    [
        _xlsx_with_hidden_columns(),
        (FILES / "hidden_column.xls").read_bytes(),
        _xml_with_hidden_columns(),
        _page_with_hidden_columns("<col span=2><col style='display:none;width:0' span=2>"),
        _page_with_hidden_columns("", "style='display:none'"),
    ],
    ids=["xlsx", "xls", "xml", "html by columns", "html by cells"],
)
def test_hidden_column_that_would_decide_is_refused_and_named(content):
    told = refused(content)
    assert "第3列“参保状态”在表格里是隐藏的" in told
    assert "取消隐藏" in told
    assert "备注" not in told  # it decides nothing


def test_several_sheets_of_data_are_refused_and_an_empty_form_is_none():
    rows = [HEADING, [NUMBER, "马晓东", "停保"]]
    sentence = refused(a_book(南关=rows, 宽城=rows))
    assert "“南关”、“宽城”" in sentence
    assert read(a_book(模板=[HEADING], 宽城=rows))[0].sheet == "宽城"


def test_table_that_stands_on_no_sheet_names_what_is_missing():
    sentence = refused(a_book(甲=[["姓名"], ["马晓东"]], 乙=[["无"]]))
    assert "身份证号码" in sentence
    assert "2张工作表" in sentence


@pytest.mark.parametrize(
    ("more", "named"),
    [("参保状态", "第3列“参保状态”、第4列“参保状态”"), ("缴费状态", "第3列“参保状态”、第4列“缴费状态”"), ("姓 名*", "第2列“姓名”、第4列“姓 名*”")],
)  # fmt: skip
def test_two_columns_of_one_meaning_are_refused_and_both_named(more, named):
    assert named in refused(a_book(甲=[[*HEADING, more], [NUMBER, "马晓东", "停保", "在缴"]]))


def test_days_of_a_workbook_that_counts_from_1904_are_its_own():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].append(["身份证号码", "参保状态", "数据日期"])
    book.worksheets[0].append([NUMBER, "停保", 44621])  # 2026-03-02 there, without a format
    out = io.BytesIO()
    book.save(out)
    table, [(_, row)] = read(out.getvalue())
    assert cells.day(row[2], table.first_day) == date(2026, 3, 2)


def test_days_of_an_old_workbook_that_counts_from_1904_are_its_own():
    table, rows = read((FILES / "counts_from_1904.xls").read_bytes(), "社保.xls")
    assert [cells.day(row[2], table.first_day) for _, row in rows] == [date(2026, 3, 2)] * 2


@pytest.mark.parametrize("name", ["hidden_rows.xls", "hidden_first.xls"])
def test_old_workbook_that_was_cut_or_garbled_says_so(name):
    content = (FILES / name).read_bytes()
    rng, told = random.Random(20261130), set()
    for _ in range(150):
        garbled = bytearray(content[: rng.choice((len(content), rng.randrange(9, len(content))))])
        for _ in range(rng.randrange(4)):
            garbled[rng.randrange(8, len(garbled))] = rng.randrange(256)
        try:
            for sheet in opening.sheets(io.BytesIO(garbled), len):
                list(sheet.rows())
        except Damaged as no:
            told.add(str(no)[:5])
    assert "文件已损坏" in told
    assert told <= {"文件已损坏", "文件中没有"}


def test_markup_called_a_workbook_is_read_with_its_spans_and_without_hidden_sheets():
    xml = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="上月"><Table><Row><Cell><Data ss:Type="String">身份证号码</Data></Cell><Cell ss:Index="3">
<Data ss:Type="String">参保状态</Data></Cell></Row></Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>
<Worksheet ss:Name="本月"><Table><Row ss:Index="3"><Cell><Data ss:Type="String">身份证号码</Data></Cell><Cell ss:Index="3">
<Data ss:Type="String">参保状态</Data></Cell><Cell><Data ss:Type="String">数据日期</Data></Cell></Row>
<Row><Cell ss:MergeDown="1"><Data ss:Type="String">220102197001041244</Data></Cell><Cell ss:Index="3">
<Data ss:Type="String">停<B>保</B></Data></Cell><Cell><Data ss:Type="DateTime">2026-03-02T00:00:00.000</Data></Cell></Row>
<Row><Cell ss:Index="3"><Data ss:Type="String">在缴</Data></Cell></Row></Table></Worksheet></Workbook>"""
    table, rows = read(xml.encode(), "社保.xls")
    assert (table.sheet, table.heading_row) == ("本月", 3)
    assert rows == [(4, [NUMBER, None, "停保", date(2026, 3, 2)]), (5, [NUMBER, None, "在缴"])]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("gb18030", "gb2312"), ("gbk", "GBK"), ("utf-16", "UTF-16"), ("utf-8", "utf-8"), ("utf-8", "")],
)
def test_workbook_in_xml_is_read_in_any_encoding_and_its_moments_by_the_day_in_china(encoding, declared):
    start = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    cells_of = [
        "".join(f'<Cell><Data ss:Type="{kind}">{cell}</Data></Cell>' for kind, cell in row)
        for row in (
            [("String", "身份证号码"), ("String", "参保状态"), ("String", "数据日期")],
            [("String", NUMBER), ("String", "停保"), ("DateTime", "2026-03-01T16:00:00Z")],
        )
    ]
    xml = f"""{start}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="本月"><Table>{"".join(f"<Row>{row}</Row>" for row in cells_of)}</Table></Worksheet></Workbook>"""
    _, rows = read(xml.encode(encoding), "社保.xls")
    assert rows == [(2, [NUMBER, "停保", date(2026, 3, 2)])]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "gb2312"), ("utf-8-sig", "GBK"), ("utf-16", "unicode"), ("gb18030", "utf-8"), ("gbk", "x-gbk")],
)
def test_web_page_is_read_whatever_encoding_it_names(encoding, declared):
    page = f"""<html><meta charset="{declared}"><table><tr><td>身份证号码<td>姓名<td>参保状态</tr>
<tr><td>{NUMBER}<td>马晓东<td>停保</tr></table></html>"""
    assert read(page.encode(encoding), "社保.xls")[1] == [(2, [NUMBER, "马晓东", "停保"])]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig"])
def test_web_page_called_a_workbook_is_read(encoding):
    declared = encoding.removesuffix("-sig")
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"><style>td {{ }}</style></head>
<body><table><tr><td>查询条件</td></tr></table><TABLE><TR><TH colspan=3>参保情况</TH></TR>
<tr><th>身份证号码<th>姓名<br>（全）<th>参保状态</tr>
<tr><td rowspan="2">{NUMBER}</td><td>马晓东&nbsp;</td><td>停保</td></tr><tr><td>马晓东</td><td>在缴</td></tr></table></body>"""
    table, rows = read(page.encode(encoding), "社保.xls")
    assert table.sheet == "第2个表格"
    assert rows == [(3, [NUMBER, "马晓东", "停保"]), (4, [NUMBER, "马晓东", "在缴"])]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xd8\xff\xe0", "照片"),
        (b"<html><body><p>x</p></body></html>", "没有表格"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "另存为XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (renamed(a_book(甲=[HEADING]), {"xl/workbook.xml": "xl/workbook.bin"}), "XLSB"),
        (renamed(a_book(甲=[HEADING]), {"xl/workbook.xml": "content.xml"}), "ODS"),
    ],
)
def test_what_is_no_table_says_what_it_is_and_what_to_do(content, told):
    assert told in refused(content, "社保.xls")


@pytest.mark.parametrize("place", ["XFD1048576", "ZZZZZZZZ1", "A99999999999"])
def test_cells_however_far_apart_take_no_memory(place):
    content = renamed(a_book(甲=[HEADING, [NUMBER, "马晓东", "停保"]]), {}, [(b'r="C2"', f'r="{place}"'.encode())])
    try:
        assert sum(1 for _ in opening.sheets(io.BytesIO(content), len)[0].rows()) == 2
    except Damaged:
        assert place != "XFD1048576"


def test_rows_that_a_workbook_numbers_twice_are_all_told_apart():
    content = renamed(
        a_book(甲=[HEADING, [NUMBER, "甲", "停保"], [NUMBER, "乙", "停保"]]), {}, [(b'<row r="3"', b'<row r="2"')]
    )
    assert [number for number, _ in read(content)[1]] == [2, 3]


@pytest.mark.parametrize(
    "line",
    [
        "合计,3",
        "打印时间：2026-11-01,,",
        "第1页 共1页",
        "以下空白",
        "（以下空白）",
        "制表人：李明,审核人：王芳",
        "身份证号码,姓名,参保状态",
    ],
)
def test_lines_that_printing_leaves_are_no_rows(line):
    text = f"身份证号码,姓名,参保状态\n{NUMBER},马晓东,停保\n{line}\n"
    assert [number for number, _ in read(text.encode(), "数据.csv")[1]] == [2]


def test_note_above_the_table_does_not_choose_the_separator():
    note = "说明；1,本表,2,按月,3,谢谢,4,请,5,谢谢\n"
    text = f"{note}身份证号码\t姓名\t参保状态\n{NUMBER}\t马晓东\t停保\n"
    assert read(text.encode(), "数据.csv")[1] == [(3, [NUMBER, "马晓东", "停保"])]
