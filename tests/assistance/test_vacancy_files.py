"""Vacancies as employers and fairs send them: each row has a result, and what the form refuses is refused in a file too."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.assistance import vacancy_files
from jiuyuan.assistance.models import Vacancy
from jiuyuan.history.models import Entry
from jiuyuan.people.models import ImportBatch, ImportRow
from jiuyuan.people.sources import running, services
from jiuyuan.people.sources.workflow import IMPORT
from jiuyuan.procedures import engine
from jiuyuan.refusals import Conflict, NotForRole, WrongState
from tests.assistance.vacancies import CREDIT_CODE, OTHER_CODE, a_vacancy
from tests.desk.reading import words
from tests.factories import OTHER_PLATFORM, staff
from tests.jobs import work
from tests.people.sources.files import a_csv, an_xlsx, outcomes

pytestmark = pytest.mark.django_db
run_waiting = partial(work, "try_file", "import_file")
HEADING = [
    "单位名称*", "统一社会信用代码", "招聘岗位", "招聘人数", "岗位职责", "任职要求", "工作地点", "用工性质", "工作时间", "薪资（元/月）", "社保",
    "联系人", "联系电话", "有效期至",
]  # fmt: skip
NAME = "长春市南关区顺意餐饮管理有限公司"


def row(title="后厨帮工", **changes):
    said = {
        "employer": NAME, "code": CREDIT_CODE, "title": title, "number": "2", "tasks": "洗菜、切配。", "conditions": "能倒班。",
        "address": "长春市南关区民康路8号", "form": "全职", "hours": "8:00-17:00", "pay": "2600-3000元", "insurance": "五险一金",
        "contact": "张经理", "phone": "0431-85550001", "until": clock.today() + timedelta(days=40), **changes,
    }  # fmt: skip
    return list(said.values())


FAULTY = [
    (row("洗碗工", code=CREDIT_CODE[:-1] + "0"), "校验码", "统一社会信用代码"),
    (row("洗碗工", employer="某某饭店"), "登记的单位是", "统一社会信用代码"),
    (row("洗碗工", pay="900元"), "最低工资标准", "报酬"),
    (row("洗碗工", conditions="限男性，50岁以下"), "“限男性”（性别）", "招聘条件"),
    (row("洗碗工", number="若干"), "大于0的整数", "招聘人数"),
    (row("洗碗工", pay="3000-2600"), "不能低于下限", "报酬"),
    (row("洗碗工", pay="看着给"), "不是金额", "报酬"),
    (row("洗碗工", until="2020-01-01"), "应晚于今天", "有效到"),
    (row("洗碗工", until="月底"), "不是日期", "有效到"),
    (row("洗碗工", address="海滨路1号"), "工作地区", "工作地点"),
    (row("洗碗工", form="随便"), "全日制", "用工形式"),
    (row("洗碗工", insurance="有"), "哪几种", "社会保险"),
    (row("", code=OTHER_CODE, employer="长春市好邻居便利店有限公司"), "岗位名称", "岗位名称"),
]  # fmt: skip


def read(clerk, *rows, dry=False, name="春风行动招聘会.xlsx", content=None) -> ImportBatch:
    batch = services.upload(clerk, "vacancies", name, [content or an_xlsx([HEADING, *rows])], dry=dry)
    return running.run(batch.pk, vacancy_files.work_for)


@pytest.mark.parametrize("dry", [True, False])
def test_every_row_has_a_result_and_a_faulty_one_says_which_column_and_how_to_put_it_right(dry, monkeypatch):
    monkeypatch.setattr(vacancy_files.VacancyFile, "at_once", 4)
    clerk = staff("clerk")
    a_vacancy(clerk, title="面点师")
    titles = [f"服务员{number}" for number in range(6)]
    again = [row("服务员0"), row("面点师")]
    batch = read(clerk, *map(row, titles), *again, row("领班", tasks="", hours="", pay="面议"), *(line for line, *_ in FAULTY), dry=dry)  # fmt: skip
    found = outcomes(batch)
    assert len(found) == len(titles) + 3 + len(FAULTY) == sum(batch.counts.values())
    assert batch.counts == {"changed": 7, "matched": 2, "rejected": len(FAULTY)}
    assert "不重复登记" in found[6][2]
    assert "还缺工作内容、报酬" in found[8][2]
    rejected = ImportRow.objects.unscoped().filter(batch=batch, outcome="rejected").order_by("row")
    for one, (_, told, column) in zip(rejected, FAULTY, strict=True):
        assert told in one.message
        assert column in "、".join(vacancy_files.COLUMNS[name][0] for name in one.columns.split(",")), one.message
    kept = Vacancy.objects.unscoped().exclude(title="面点师")
    assert kept.count() == (0 if dry else 7)
    assert Entry.objects.unscoped().filter(action="vacancy_created").count() == (1 if dry else 8)
    if not dry:
        first = kept.get(title="服务员0")
        assert (first.status, first.pay_from, first.pay_to, first.division_id) == ("draft", 2600, 3000, "220102")
        assert first.tasks == "洗菜、切配。工作时间：8:00-17:00。"
        assert (first.contact, len(first.insurance), first.source) == ("张经理 0431-85550001", 5, "春风行动招聘会.xlsx")
        entry = Entry.objects.unscoped().get(file=first.file)
        assert (entry.actor, entry.payload["batch"], entry.payload["row"]) == (clerk.username, batch.pk, 2)


@pytest.mark.slow  # the size that the issue names, for a file is read and kept in pieces
def test_fair_of_two_thousand_rows_with_forty_faulty_ones_keeps_the_others_and_names_each_of_the_forty():
    lines, wrong = [], {}
    for number in range(2000):
        faulty, told, _ = FAULTY[number // 50 % len(FAULTY)] if number % 50 == 7 else (None, "", "")
        if faulty:
            wrong[number + 2] = told  # the heading is the first line
        lines.append(faulty or row(f"服务员{number}"))
    batch = read(staff("clerk"), *lines)
    assert (batch.counts, len(wrong)) == ({"changed": 1960, "rejected": 40}, 40)
    rejected = ImportRow.objects.unscoped().filter(batch=batch, outcome="rejected").order_by("row")
    assert [one.row for one in rejected] == list(wrong)
    assert [one.row for one in rejected if wrong[one.row] not in one.message] == []
    assert Vacancy.objects.unscoped().filter(status="draft").count() == 1960


def test_file_is_read_again_without_doubling_and_is_not_taken_back_as_a_whole():
    clerk = staff("clerk")
    first = read(clerk, row(), name="岗位.csv", content=a_csv([HEADING, row()], "gb18030"))
    with pytest.raises(Conflict):
        read(clerk, row(), content=a_csv([HEADING, row()], "gb18030"))
    again = read(clerk, row(), row("洗碗工"))
    assert (first.counts, again.counts) == ({"changed": 1}, {"matched": 1, "changed": 1})
    with pytest.raises(WrongState, match="撤回岗位"):
        engine.act(clerk, IMPORT, first.pk, "take_back", {"reason": "弄错了"})


def test_who_imports_which_files():
    with pytest.raises(NotForRole):
        services.upload(staff("reviewer"), "vacancies", "岗位.csv", [b"x"])
    with pytest.raises(NotForRole):
        services.upload(staff("clerk"), "social_insurance", "社保.csv", [b"x"])


def test_clerk_tries_a_file_looks_at_it_and_imports_it_on_the_desk(log_in):
    desk, where = log_in(staff("clerk")), reverse("desk:vacancies_import")
    assert "请选择要导入的文件" in words(desk.post(where, {}))
    content = an_xlsx([HEADING, row(), row("洗碗工", conditions="限女性")])
    sent = desk.post(where, {"file": SimpleUploadedFile("招聘会.xlsx", content)})
    run_waiting()
    page = words(desk.get(sent.url))
    assert "新登记" in page
    assert "“限女性”（性别）" in page
    assert not Vacancy.objects.unscoped().exists()
    start = desk.post(f"{sent.url}start/", follow=True)
    run_waiting()
    assert Vacancy.objects.unscoped().get().title == "后厨帮工"
    assert "招聘会.xlsx" in words(desk.get(where))
    assert start.status_code == 200
    report = b"".join(desk.get(f"{sent.url}report.xlsx"))
    assert report[:2] == b"PK"
    assert log_in(staff("clerk", at=OTHER_PLATFORM)).get(sent.url).status_code == 404
