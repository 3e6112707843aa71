"""Somebody without a telephone comes to the window."""

from jiuyuan.applications.models import Application
from tests import factories
from tests.desk.reading import links, words

WINDOW = "/desk/window/"
FOR_OLDER = f"{WINDOW}?categories=older"


def filled(person, **changes):
    form = {
        "name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
        "platform": factories.PLATFORM,
        "categories": ["older"],
        "fact-hukou_division": "220102",
        "fact-hukou_kind": "urban",
        "fact-able_to_work": "true",
        "fact-income_stable": "false",
        "fact-unemployed_since": "2025-06-01",
        "former_employer": "长春市第一机床厂",
    }
    return form | changes


def test_the_platform_is_the_clerks_own_and_so_is_the_place_of_residence(desk):
    page = desk.get(FOR_OLDER)
    assert page.context["form"]["platform"].value() == factories.PLATFORM
    assert 'name="fact-residence_division" value="吉林省长春市南关区南岭街道"' in page.content.decode()
    said = words(page).partition("本人填报的情况")[2].partition("代办人")[0]
    assert "选填" not in said, "what decides is not called optional"


def test_the_category_is_asked_first_and_then_only_what_it_needs(desk):
    first = words(desk.get(WINDOW))
    assert "大龄失业人员" in first
    assert "姓名" not in first
    open_part, _, folded = words(desk.get(FOR_OLDER)).partition("代办人、家庭成员、其他情况和认定表的其他栏目")
    assert "本次失业起始日期" in open_part
    for others in ("是否正在享受城镇低保", "离校日期"):
        assert others not in open_part, "no category of theirs was chosen"
        assert others in folded, "said all the same, it can be written down"
    family, _, _ = words(desk.get(f"{WINDOW}?categories=zero_employment_family")).partition("代办人、其他情况")
    assert "家庭成员" in family, "without them it cannot be handed in"


def test_another_category_is_chosen_from_what_was_chosen(desk):
    page = desk.get(f"{FOR_OLDER}&change")
    assert page.context["form"]["categories"].value() == ["older"]
    assert "姓名" not in words(page)


def test_a_place_is_typed_by_name_or_by_code_and_offered_while_one_types(desk, clerk):
    page = desk.get(FOR_OLDER).content.decode()
    offered = page.partition('<datalist id="id_fact-hukou_division_places">')[2].partition("</datalist>")[0]
    assert '<option value="长春市南关区">' in offered
    assert '<option value="辽宁省">' in offered
    for typed, code in {"长春市南关区": "220102", "吉林省 长春市 南关区": "220102", "辽宁省": "210000"}.items():
        person = factories.an_applicant()
        desk.post(WINDOW, filled(person, **{"fact-hukou_division": typed}))
        case = Application.objects.visible_to(clerk).get(person__name=person.name)
        assert factories.seen_by(clerk, case).known["hukou_division"].value == code


def test_a_place_that_could_be_another_is_asked_for_again(desk):
    page = desk.post(WINDOW, filled(factories.an_applicant(), **{"fact-hukou_division": "朝阳区"}))
    assert page.status_code == 422
    assert "“朝阳区”应为6至12位数字的行政区划代码" in words(page)
    assert "地名，例如长春市南关区" in words(page)
    assert 'value="朝阳区"' in page.content.decode()


def test_an_application_is_made_as_a_draft_and_the_papers_are_asked_for(desk, clerk):
    person = factories.an_applicant(name="欧阳𠮷")
    number = factories.an_id_number("1990-01-02", "male")
    agent = {"agent-name": "王小军", "agent-relation": "儿子", "agent-id_number": number, "agent-phone": "123"}
    wrong = desk.post(WINDOW, filled(person) | agent)
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["agent-phone"]
    page = desk.post(WINDOW, filled(person) | agent | {"agent-phone": "13900001234"}, follow=True)
    case = Application.objects.visible_to(clerk).get()
    helper = factories.seen_by(clerk, case).agent
    assert (helper.name, helper.relation, helper.id_number, helper.phone) == ("王小军", "儿子", number, "13900001234")
    assert "本人签字的委托书" in page.context["next"].text
    assert (case.channel, case.status, case.person.name) == ("window", "draft", "欧阳𠮷")
    assert case.details["former_employer"] == "长春市第一机床厂"
    known = factories.seen_by(clerk, case).known
    assert (known["able_to_work"].value, known["income_stable"].value) == (True, False)
    assert "wants_work" not in known  # left empty is not known, never no
    assert page.context["next"].title == "补齐材料"
    assert "还缺居民身份证" in words(page)


def test_full_width_digits_and_a_small_x_are_read(desk, clerk):
    number = next(n for i in range(1, 99) if (n := factories.an_id_number("1985-03-02", "female", i)).endswith("X"))
    typed = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c.lower() for c in number)
    desk.post(WINDOW, filled(factories.an_applicant(), id_number=typed))
    assert Application.objects.visible_to(clerk).get().person.id_number == number


def test_all_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(desk):
    person = factories.an_applicant()
    wrong = person.id_number[:17] + ("1" if person.id_number[17] != "1" else "2")
    page = desk.post(WINDOW, filled(person, name="王芳😀", id_number=wrong, phone="12345"))
    assert page.status_code == 422
    text = words(page)
    for said in ("姓名中不能有“😀”", "可能有一位输错了", "请填写11位手机号码"):
        assert said in text
    assert "长春市第一机床厂" in page.content.decode()
    assert 'value="2025-06-01"' in page.content.decode()


def test_no_category_is_said(desk):
    page = desk.post(WINDOW, {k: v for k, v in filled(factories.an_applicant()).items() if k != "categories"})
    assert "请至少选择一类申请情形。" in words(page)


def test_a_fact_that_cannot_be_is_said_at_its_box(desk):
    page = desk.post(WINDOW, filled(factories.an_applicant(), **{"fact-unemployed_since": "2027-01-01"}))
    assert page.status_code == 422
    assert "本次失业起始日期" in words(page)
    assert "晚于" in words(page)


def test_somebody_with_an_open_case_is_offered_it(desk, clerk):
    person = factories.an_applicant()
    case = factories.a_case("submitted", person, clerk=clerk)
    page = desk.post(WINDOW, filled(person))
    assert page.status_code == 409
    assert "已有正在办理的申请" in words(page)
    url = next(url for url, text in links(page) if text == f"打开{case.number}")
    assert desk.get(url).url == f"/desk/cases/{case.number}/"


def test_somebody_whose_case_lies_elsewhere_is_not_named(desk, elsewhere):
    person = factories.an_applicant(platform=factories.OTHER_PLATFORM)
    case = factories.a_case("submitted", person, clerk=elsewhere)
    page = desk.post(WINDOW, filled(person))
    assert page.status_code == 409
    assert case.number not in page.content.decode()


def test_a_platform_that_is_not_the_clerks_is_refused(desk):
    page = desk.post(WINDOW, filled(factories.an_applicant(), platform=factories.OTHER_PLATFORM))
    assert page.status_code == 422
    assert "不在本平台辖区内" in words(page)


def test_only_those_who_may_enter_cases_have_the_page(log_in, reviewer):
    client = log_in(reviewer)
    assert client.get(WINDOW).status_code == 403
    assert "窗口申请" not in words(client.get("/desk/cases/"))
