"""Earlier registers (六): who was recognised before 2022-05-10 keeps the status; nothing is doubled, nothing overwritten."""

from datetime import date

import pytest

from jiuyuan.agencies.models import Relative
from jiuyuan.history import sealing
from jiuyuan.history.models import Entry
from jiuyuan.people.facts import standing
from jiuyuan.people.models import KnownFacts, Person
from jiuyuan.people.sources import recording, running, services
from jiuyuan.people.sources.cells import UnreadableCell
from jiuyuan.procedures.own_matter import OWN
from jiuyuan.recognitions import importing
from jiuyuan.recognitions.models import Recognition
from jiuyuan.recognitions.register_platforms import Platforms
from jiuyuan.refusals import WrongState
from tests.factories import a_case, an_applicant, confirm_change, request_merge, staff, start_import, take_import_back
from tests.people.sources.files import a_csv, an_xlsx, on_file, outcomes
from tests.recognitions.register import struck_off

pytestmark = pytest.mark.django_db
HEADING = ["姓名", "身份证号码", "联系电话", "常住地址", "所属街道", "人员类别", "认定日期", "经办人"]


def line(card, **changes):
    """A line of a register; `认定日期="…"` and the like change it."""
    usual = dict(
        zip(
            HEADING,
            [card.name, card.id_number, card.phone, "民康路1号", "220102001", "4050人员", "2019-05-06", "老李"],
            strict=True,
        )
    )
    return list((usual | changes).values())


def imported(user, *lines, content=None, dry=False):
    content = content or a_csv([HEADING, *lines])
    batch = running.run(services.upload(user, "earlier_register", "名册.csv", [content]).pk, importing.work_for)
    return batch if dry or batch.failure else confirmed(batch)


def confirmed(batch):
    """By a second person of the same office, and run."""
    start_import(staff("reviewer", batch.agency.code), batch.pk)
    return running.run(batch.pk, importing.work_for)


def the_only(card) -> Recognition:
    return Recognition.objects.unscoped().get(person__id_index=card.id_index)


def test_person_keeps_the_status_under_the_category_of_then(reviewer):
    card = an_applicant("1966-05-06")
    batch = imported(reviewer, line(card, 人员类别="“4050”人员（原办法）"))
    recognition = the_only(card)
    assert (recognition.status, recognition.carried_over, recognition.category) == (
        "active",
        True,
        "“4050”人员（原办法）",
    )
    assert (recognition.recognised_on, recognition.recognised_by_name) == (date(2019, 5, 6), "老李")
    assert (recognition.agency.code, recognition.area) == ("220102", "22/2201/220102/220102001/")
    assert recognition.number.startswith("R220102-2019-")
    assert outcomes(batch) == [(2, "changed", "新导入名册，保留资格。")]


def test_nobody_brings_themselves_or_a_relative_onto_the_register_or_into_a_departments_file(reviewer):
    own, relative = an_applicant("1966-05-06"), an_applicant("1967-05-06")
    type(reviewer).objects.filter(pk=reviewer.pk).update(id_index=own.id_index)
    Relative.objects.create(user=reviewer, name=relative.name, relation="兄弟", id_index=relative.id_index)
    reviewer = type(reviewer).objects.get(pk=reviewer.pk)
    batch = imported(reviewer, line(own), line(relative))
    assert {(outcome, message) for _, outcome, message in outcomes(batch)} == {("rejected", OWN)}
    assert not Recognition.objects.unscoped().exists()
    confirming = staff("reviewer")
    theirs = an_applicant("1968-05-06")
    Relative.objects.create(user=confirming, name=theirs.name, relation="兄弟", id_index=theirs.id_index)
    batch = imported(staff("reviewer"), line(theirs), dry=True)
    start_import(confirming, batch.pk)
    batch = running.run(batch.pk, importing.work_for)
    assert [message for _, _, message in outcomes(batch)] == [OWN]
    person = on_file(relative)
    rows = a_csv([["姓名", "身份证号码", "待遇状态"], [relative.name, relative.id_number, "正常领取"]])
    batch = running.run(
        services.upload(reviewer, "social_insurance", "x.csv", [rows], dry=False).pk, recording.work_for
    )
    assert [outcome for _, outcome, _ in outcomes(batch)] == ["rejected"]
    assert "receives_pension" not in standing(person.facts.all())


def test_person_is_put_on_file_as_the_window_does_it(reviewer):
    card, at_window = an_applicant("1966-05-06", name="单秀英"), an_applicant("1966-05-06", name="单秀英")
    imported(reviewer, line(card, 常住地址=at_window.address))
    person, other = the_only(card).person, on_file(at_window)
    same = ("name", "name_pinyin", "birth_date", "sex", "address", "agency_id", "area", "account_id", "version")
    assert [getattr(person, field) for field in same] == [getattr(other, field) for field in same]
    assert (person.id_number, person.id_index, person.phone) == (card.id_number, card.id_index, card.phone)
    assert Person.objects.unscoped().get(phone_index=person.phone_index) == person

    def facts(one):
        return [(f.name, f.value, f.source, f.evidence, str(f.observed_on)) for f in one.facts.order_by("name")]

    def row(one):
        return {
            k: v for k, v in KnownFacts.objects.unscoped().filter(person=one).values()[0].items() if k != "person_id"
        }

    def acts(one):
        said = list(Entry.objects.unscoped().filter(file=one.file).order_by("seq").values_list("action", "payload"))
        # The keys of the facts are their own.
        return [(action, {**payload, "written": sorted(payload.get("written", ()))}) for action, payload in said]

    assert facts(person) == facts(other)
    assert row(person) == row(other)
    assert acts(person)[:2] == acts(other)
    assert acts(person)[2][0] == "carried_over"
    assert list(sealing.verify()) == []


def test_read_again_it_doubles_nobody(reviewer):
    cards = [an_applicant("1966-05-06") for _ in range(3)]
    imported(reviewer, *map(line, cards))
    entries = Entry.objects.unscoped().exclude(file__startswith="import:").count()
    batch = imported(reviewer, *map(line, cards))
    assert batch.counts == {"matched": 3}
    assert Recognition.objects.unscoped().count() == Person.objects.unscoped().count() == 3
    assert Entry.objects.unscoped().exclude(file__startswith="import:").count() == entries


def test_the_same_person_twice_in_one_file_is_taken_once(reviewer, monkeypatch):
    card = an_applicant("1966-05-06")
    for dry in (True, False):
        for chunk in (1, 5000):
            monkeypatch.setattr(running, "CHUNK", chunk)
            batch = imported(reviewer, line(card), line(card), dry=dry)
            first = "matched" if not dry and chunk == 5000 else "changed"
            assert [outcome for _, outcome, _ in outcomes(batch)] == [first, "matched"]
    assert Recognition.objects.unscoped().count() == 1


def test_nothing_on_file_is_overwritten(reviewer):
    card = an_applicant("1966-05-06")
    person = on_file(card)
    imported(reviewer, line(card, 联系电话="13900000000", 常住地址="别处2号", 所属街道="220102002"))
    person.refresh_from_db()
    assert (person.phone, person.address, person.area, person.version) == (
        card.phone,
        card.address,
        "22/2201/220102/220102001/",
        1,
    )
    assert the_only(card).person == person


def test_who_is_on_the_register_already_is_left_alone(reviewer):
    case = a_case("recognised")
    card = case.person
    batch = imported(reviewer, line(an_applicant(), 姓名=card.name, 身份证号码=card.id_number, 联系电话=card.phone))
    assert outcomes(batch) == [(2, "matched", "已经在册，不重复导入。")]
    assert Recognition.objects.unscoped().get(person=card).carried_over is False


def test_who_has_left_since_does_not_come_back_by_reading_the_register_again(reviewer):
    card = an_applicant("1966-05-06")
    imported(reviewer, line(card))
    recognition = the_only(card)
    struck_off(recognition, "pension_or_retirement", reviewer)
    again = imported(reviewer, line(card))
    assert outcomes(again) == [(2, "matched", "以前导入过，后来已退出，不再恢复。")]
    earlier = imported(reviewer, line(card, 认定日期="2018-01-01"))
    assert outcomes(earlier)[0][1] == "rejected"
    assert "请逐人核对" in outcomes(earlier)[0][2]
    assert the_only(card).status == "ended"


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("姓名", "", "请填写姓名"),
        ("姓名", "王3", "姓名中不能有“3”"),
        ("身份证号码", "", "请填写身份证号码"),
        ("身份证号码", "220102196605060001", "可能有一位输错了"),
        ("身份证号码", "2.20102E+17", "后几位已经丢失"),
        ("常住地址", "长" * 201, "最多200个字"),
        ("所属街道", "", "请写上常住地的街道（乡镇）平台"),
        ("所属街道", "火星街道", "本辖区没有叫“火星街道”的街道（乡镇）平台"),
        ("所属街道", "220204001", "本辖区没有叫“220204001”"),
        ("人员类别", "", "请写上原来的认定类别"),
        ("人员类别", "长" * 61, "最多60个字"),
        ("认定日期", "", "不是日期"),
        ("认定日期", "2019年", "“2019年”不是日期"),
        ("认定日期", "2022-05-10", "2022年5月10日起认定的，应按新办法申请认定"),
        ("认定日期", "2022-05", "请补上日"),
        ("认定日期", "1900-01-01", "没有日期时填的数"),
        ("认定日期", "1970-05-06", "还不满16周岁"),
        ("所属街道", "长春市宽城区南岭街道", "本辖区没有叫"),
    ],
)
def test_faulty_cell_is_named_with_how_to_put_it_right_and_the_row_is_left_out(reviewer, column, value, told):
    batch = imported(reviewer, line(an_applicant("1966-05-06"), **{column: value}))
    [(_, outcome, message)] = outcomes(batch)
    assert (outcome, told in message) == ("rejected", True)
    names = {
        "姓名": "name",
        "身份证号码": "id_number",
        "联系电话": "phone",
        "常住地址": "address",
        "所属街道": "platform",
    }
    names |= {"人员类别": "category", "认定日期": "recognised_on"}
    assert batch.rows.get().columns == names[column]
    assert not Person.objects.unscoped().exists()


def test_all_faults_of_a_row_are_told_at_once(reviewer):
    batch = imported(reviewer, line(an_applicant(), 姓名="", 所属街道="火星街道", 认定日期="去年"))
    assert batch.rows.get().columns == "name,platform,recognised_on"


def test_last_day_before_the_notice_still_counts(reviewer):
    card = an_applicant("1966-05-06")
    imported(reviewer, line(card, 认定日期="2022-05-09"))
    assert the_only(card).recognised_on == date(2022, 5, 9)


def test_who_had_left_before_is_not_carried_over(reviewer):
    card = an_applicant("1966-05-06")
    content = a_csv([[*HEADING, "状态"], [*line(card), "已退出"]])
    assert "不用导入" in outcomes(imported(reviewer, content=content))[0][2]


def test_number_on_file_under_another_name_or_in_another_area_stops_the_row(reviewer):
    here, there = an_applicant("1966-05-06", name="王秀英"), an_applicant("1967-05-06", name="李秀英")
    on_file(here)
    on_file(there, at="220204001")
    batch = imported(reviewer, line(here, 姓名="赵六"), line(there))
    assert [(outcome, message[:15]) for _, outcome, message in outcomes(batch)] == [
        ("rejected", "这个身份证号码在系统中登记的是"),
        ("rejected", "这个身份证号码已在其他地区建档"),
    ]
    assert batch.rows.get(row=3).person is None


@pytest.mark.parametrize("written", ["220102001", "南岭街道", "南岭街道公共就业服务平台", " 南岭街道 ", "220102001.0"])
def test_platform_is_known_by_code_and_by_name(reviewer, written):
    card = an_applicant("1966-05-06")
    imported(reviewer, line(card, 所属街道=written))
    assert the_only(card).person.agency.code == "220102001"


def test_platform_name_that_means_two_asks_for_the_code():
    platforms = Platforms("22/")
    many = next(name for name, found in platforms._by_name.items() if len(found) > 1)
    with pytest.raises(UnreadableCell, match="请改填平台代码"):
        platforms.meant([many])


def test_number_that_was_typed_wrongly_once_means_the_file_that_was_kept(reviewer):
    right, wrong = an_applicant("1966-05-06", name="王秀英"), an_applicant("1966-05-07", name="王秀英")
    kept, other = on_file(right), on_file(wrong)
    change = request_merge(staff("clerk"), kept.pk, other.pk, "号码输错过一位", difference_seen=True)
    confirm_change(reviewer, change.pk, difference_seen=True)
    imported(reviewer, line(right), line(wrong))
    assert Recognition.objects.unscoped().get().person == kept


def test_spreadsheet_with_title_merged_cells_days_and_a_total_is_read(reviewer):
    one, two = an_applicant("1966-05-06"), an_applicant("1967-05-06")
    lines = [
        ["南关区就业困难人员名册"],
        [],
        HEADING,
        line(one, 认定日期=date(2019, 5, 6)),
        line(two, 所属街道=None),
        ["合计", 2],
    ]

    def merged(sheet):
        sheet.merge_cells("A1:H1")
        sheet.merge_cells("E4:E5")

    batch = imported(reviewer, content=an_xlsx(lines, merged))
    assert batch.counts == {"changed": 2}
    assert the_only(two).person.agency.code == "220102001"


def test_trial_run_writes_nothing(reviewer):
    card = an_applicant("1966-05-06")
    batch = imported(reviewer, line(card), line(card, 认定日期="去年"), dry=True)
    assert batch.counts == {"changed": 1, "rejected": 1}
    assert not Person.objects.unscoped().exists()
    assert not Recognition.objects.unscoped().exists()


def test_register_is_not_taken_back_as_a_whole(reviewer):
    batch = imported(reviewer, line(an_applicant("1966-05-06")))
    with pytest.raises(WrongState, match="逐人办理退出"):
        take_import_back(reviewer, batch.pk, "有误")


def test_person_screened_at_night_is_known_by_age_and_sex(reviewer):
    card = an_applicant("1962-05-06", "male")
    imported(reviewer, line(card))
    known = standing(the_only(card).person.facts.all())
    assert (known["birth_date"].value, known["sex"].value, known["sex"].verified) == ("1962-05-06", "male", True)
