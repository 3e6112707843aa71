"""Forms as people meet them: what is drawn, what is read, what is said when it is wrong."""

from datetime import date

import pytest
from django import forms

from jiuyuan.web.fields import Calendar, DayField, DocumentInput, MonthField


class Day(forms.Form):
    day = DayField(label="什么时候失业的", help_text="记不清哪天的，填那个月的1日。")


class Month(forms.Form):
    month = MonthField(label="从哪个月？", error_messages={"required": "请填从哪年哪月。"})


class Boxes(forms.Form):
    name = forms.CharField(label="姓名")
    nickname = forms.CharField(label="曾用名", required=False)
    hukou = forms.ChoiceField(label="户口", choices=[("a", "城镇"), ("b", "农村")], widget=forms.RadioSelect)
    card = forms.FileField(label="身份证", widget=DocumentInput(camera=True))
    promise = forms.BooleanField(label="我承诺")


def day(year: str, month: str, number: str) -> Day:
    return Day({"day_year": year, "day_month": month, "day_day": number})


@pytest.mark.parametrize(
    "typed", [("2026", "3", "2"), ("2026", "03", "02"), ("２０２６", "３", "２"), (" 2026 ", "3", "2")]
)
def test_a_day_is_read_as_people_type_it(typed):
    form = day(*typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("2025", "2", "30"), "2025年2月30日这一天不存在，请改正。"),
        (("2025", "", ""), "日期还缺月、日。"),
        (("去年", "2", "1"), "年份请填4位数字，例如1998。"),
        (("2025-1", "2", "1"), "年、月、日请分别填在三个格子里。"),
        (("26", "3", "2"), "年份请填4位数字，例如1998。"),
        (("0000", "0", "0"), "0000年0月0日这一天不存在，请改正。"),
        (("", "", ""), "还没有填。"),
    ],
)
def test_a_wrong_day_is_named_and_stays_in_its_boxes(typed, said):
    form = day(*typed)
    assert not form.is_valid()
    if said:
        assert form.errors["day"] == [said]
    html = str(form)
    assert all(f'value="{part}"' in html for part in typed if part and "-" not in part)


@pytest.mark.parametrize("typed", [("2026", "3"), ("２０２６", "０３"), (" 2026 ", "03")])
def test_a_month_is_read_as_people_type_it(typed):
    form = Month({"month_year": typed[0], "month_month": typed[1]})
    assert form.is_valid() and form.cleaned_data == {"month": "2026-03"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("", ""), "请填从哪年哪月。"),
        (("26", "03"), "年份请填4位数字，例如2026。"),
        (("二六", "3"), "年份请填4位数字，例如2026。"),
        (("2026", "13"), "月份请填1到12。"),
        (("2026", ""), "月份请填1到12。"),
        (("2026", "三"), "月份请填1到12。"),
    ],
)
def test_what_is_no_month_is_named_and_stays_in_its_boxes(typed, said):
    form = Month({"month_year": typed[0], "month_month": typed[1]})
    assert form.errors["month"] == [said]
    html = str(form["month"])
    assert all(f'value="{part}"' in html for part in typed if part)


def test_a_day_that_is_known_stands_in_its_boxes():
    html = str(Day(initial={"day": date(2025, 6, 1)}))
    assert 'value="2025"' in html
    assert 'value="6"' in html


def test_each_field_has_label_hint_and_errors_tied_to_its_box():
    html = str(Boxes({"name": ""}))
    assert '<label class="field-label" for="id_name">' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert "还没有填。" in html


def test_what_may_be_left_out_says_so():
    assert str(Boxes()).count("（选填）") == 1


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    html = str(Boxes())
    assert '<legend class="field-label">' in html
    assert '<label for="id_hukou_0">城镇</label>' in html


def test_a_document_may_come_from_the_camera():
    html = str(Boxes())
    assert 'capture="environment"' in html
    assert 'accept="image/*,application/pdf"' in html, "telephones offer no camera where types are named one by one"


def test_day_in_a_calendar_is_written_as_browsers_read_it():
    box = forms.DateField(widget=Calendar()).widget.render("day", date(2026, 3, 2))
    assert 'type="date"' in box
    assert 'value="2026-03-02"' in box


def test_a_hint_that_holds_what_somebody_wrote_is_text_and_no_page():
    form = Boxes()
    for name in ("name", "promise"):
        form.fields[name].help_text = "现有说法：<button formaction=/logout/>确定</button>"
    assert "<button" not in str(form)
    assert str(form).count("&lt;button formaction") == 2
