"""Bad input, each with its sentence, and nothing that was typed lost."""

import io

import pytest
from django.db import OperationalError
from PIL import Image
from pypdf import PdfWriter

from jiuyuan.applications import services
from jiuyuan.applications.models import Application, Material
from jiuyuan.people import documents
from jiuyuan.people.models import Fact
from tests.factories import PLATFORM, a_case, again, an_account, an_applicant, an_id_number
from tests.portal.walking import a_draft_of, a_file, account_form, begin, boxes, day, seen, the_case_of, ticked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("22010219840506002", "应为18位（旧证15位）"),
        ("220102198405060021", "身份证号码不对，可能有一位输错了"),
        ("220102198402300020", "19840230这一天不存在"),
        ("220102209905060020", "2099"),
        ("", "请填写身份证号码。"),
    ],
)
def test_a_wrong_id_number_is_named_and_stays(client, number, sentence):
    page = client.post("/register/", account_form(an_applicant(), id_number=number))
    assert sentence in seen(page)
    assert boxes(page)["id_number"] == [number]
    assert 'href="#id_id_number"' in page.content.decode(), "the summary links to the box"


def typed_numbers():
    """The same kind of number as people type it, and the eighteen characters that are meant."""
    plain = an_id_number("1984-05-06", number=240)
    with_x = next(n for n in (an_id_number("1984-05-06", number=i) for i in range(300, 498)) if n.endswith("X"))
    old_code = an_id_number("1984-05-06", number=241, division="220381")
    yield plain, plain
    yield with_x.lower(), with_x
    yield "".join(chr(ord(c) + 0xFEE0) for c in plain), plain
    yield f"{plain[:6]} {plain[6:14]} {plain[14:]}", plain
    yield old_code, old_code
    yield plain[:6] + plain[8:17], plain


@pytest.mark.parametrize(("typed", "meant"), list(typed_numbers()))
def test_a_number_is_read_as_people_type_it(client, typed, meant):
    """A small x, full-width digits, groups, a division code that no longer exists, 15 digits of an old card."""
    from jiuyuan.people.models import Person

    person = an_applicant()
    client.post("/register/", account_form(person, id_number=typed))
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": "民康路1号"})
    client.post("/apply/category/", {"categories": ["older"]})
    assert [p.id_number for p in Person.objects.unscoped()] == [meant]


@pytest.mark.parametrize("name", ["𠮷丽", "王䶮", "阿依努尔·买买提", "阿依努尔•买买提"])
def test_rare_characters_and_middle_dots_are_names(client, name):
    case = begin(client, an_applicant(name=name))
    assert case.person.name == name.replace("•", "·")
    assert case.person.name in seen(client.get(f"/mine/{case.number}/"))


def test_an_emoji_is_no_name_and_the_sentence_says_so(client):
    page = client.post("/register/", account_form(an_applicant(), name="王秀兰😀"))
    assert "姓名中不能有“😀”" in seen(page)
    assert boxes(page)["name"] == ["王秀兰😀"]


def test_an_emoji_in_a_wish_is_kept_as_it_is(client):
    case = begin(client)
    client.post(f"/mine/{case.number}/form/wishes/", {"job_intention": "做饭🍚，工资２０００"})
    assert boxes(client.get(f"/mine/{case.number}/form/wishes/"))["job_intention"] == ["做饭🍚，工资２０００"]


def test_who_has_an_open_case_is_offered_it(log_in):
    account = an_account()
    case = a_case("accepted", by=account)
    client = log_in(account)
    page = client.get("/apply/")
    assert "您已有一份申请" in seen(page)
    assert f"/mine/{case.number}/" in page.content.decode()
    page = client.get("/apply/where/", follow=True)
    assert page.redirect_chain[-1][0] == f"/mine/{case.number}/"
    assert "接着办就行" in seen(page)


def test_two_tabs_that_begin_at_once_make_one_draft(client):
    person = an_applicant()
    client.post("/register/", account_form(person))
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": "民康路1号"})
    first = client.post("/apply/category/", {"categories": ["older"]})
    case = the_case_of(person)
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": "民康路1号"})
    second = client.post("/apply/category/", {"categories": ["older"]}, follow=True)
    assert first["Location"] == f"/mine/{case.number}/form/next/"
    assert second.redirect_chain[0][0] == f"/mine/{case.number}/"
    assert Application.objects.unscoped().count() == 1


def test_a_form_sent_twice_acts_once(client):
    case = begin(client)
    url = f"/mine/{case.number}/"
    for _ in range(2):
        client.post(f"{url}materials/id_card/", {"front": a_file()})
        client.post(f"{url}materials/hukou_book/", {"kind": "hukou_book", "file": a_file()})
        client.post(f"{url}form/household/add/", {"relation": "配偶", "name": "王军", "state": "失业"})
    assert Material.objects.unscoped().count() == 2
    assert case.person.household.count() == 1
    answers = [client.post(f"{url}sign/", {"signature": case.person.name, "consent": "on"}) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"{url}receipt/"}
    acts = [entry.action for entry in entries(case)]
    assert acts.count("submit") == 1
    answers = [client.post(f"{url}withdraw/") for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [url, url]
    assert [entry.action for entry in entries(case)].count("withdraw") == 1


def entries(case):
    from jiuyuan.history.models import Entry

    return list(Entry.objects.unscoped().filter(file=case.file))


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_bitmap() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (10, 10)).save(out, "BMP")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (
            b"\xff\xd8" + b"0" * 40 * 1024 * 1024,
            "大照片.jpg",
            "“大照片.jpg”有40MB，超过10MB。请用手机相机的普通画质重拍",
        ),
        (
            b"MZ not a picture at all",
            "身份证.jpg",
            "“身份证.jpg”不能用：要照片（JPEG、PNG、HEIC、WebP）或者PDF文件。",
        ),
        (a_bitmap(), "身份证.png", "“身份证.png”不能用：要照片（JPEG、PNG、HEIC、WebP）或者PDF文件"),
        (locked_pdf(), "证明.pdf", "“证明.pdf”设了密码，工作人员打不开。请取消密码后再传，或改传照片。"),
        (b"%PDF-1.7 broken", "证明.pdf", "“证明.pdf”不是完好的PDF文件"),
        (b"", "空.jpg", "“空.jpg”是空文件，请重新拍照或选择。"),
    ],
    ids=["40 MB", "no picture", "a bitmap", "locked PDF", "broken PDF", "empty"],
)
@pytest.mark.parametrize("box", ["own_page", "file"])
def test_a_picture_that_cannot_be_used_is_named_beside_its_box(client, content, name, sentence, box):
    case = begin(client)
    page = client.post(f"/mine/{case.number}/materials/hukou_book/", {"kind": "hukou_book", box: a_file(content, name)})
    assert sentence in seen(page)
    assert f'href="#id_{box}"' in page.content.decode()
    assert boxes(page)["kind"] == ["hukou_book"], "what was chosen stays chosen"
    assert not Material.objects.unscoped().exists()


def test_a_large_picture_is_refused_before_it_is_read(client, monkeypatch):
    case = begin(client)
    monkeypatch.setattr(documents, "check", lambda *_: pytest.fail("read although too large"))
    client.post(f"/mine/{case.number}/materials/id_card/", {"front": a_file(b"0" * (documents.LARGEST + 1))})


def test_a_page_sent_without_a_picture_says_so(client):
    case = begin(client)
    page = client.post(f"/mine/{case.number}/materials/id_card/", {})
    assert "还没有选照片。请拍一张，或从手机里选一张。" in seen(page)


def test_a_session_that_runs_out_in_the_middle_loses_nothing(client):
    person = an_applicant()
    case = begin(client, person)
    url = f"/mine/{case.number}/form/wishes/"
    client.cookies.pop("sessionid")
    page = client.post(url, {"job_intention": "想在超市做理货", "skills": "会开叉车"})
    assert page.status_code == 401
    assert "您填的内容没有丢" in seen(page)
    from tests.portal.walking import PASSWORD

    login = {
        "username": person.id_number,
        "password": PASSWORD,
        "kept": boxes(page)["kept"][0],
        "next": boxes(page)["next"][0],
    }
    page = client.post("/login/", login, follow=True)
    assert "您刚才填的内容还在" in seen(page)
    again_typed = {name: values[0] for name, values in boxes(page).items() if name in ("job_intention", "skills")}
    client.post(url, again_typed)
    assert again(case).details == {"job_intention": "想在超市做理货", "skills": "会开叉车"}


@pytest.mark.parametrize("county", ["999999", "220102001", "22"])
def test_a_place_that_does_not_exist_is_refused(client, county):
    client.post("/register/", account_form(an_applicant()))
    page = client.post("/apply/where/", {"county": county})
    assert page.status_code == 200
    assert "field-wrong" in page.content.decode()
    assert client.get(f"/apply/where/{county}/").status_code == 404


def test_a_street_of_another_county_is_refused_and_the_address_stays(client):
    client.post("/register/", account_form(an_applicant()))
    page = client.post("/apply/where/220102/", {"platform": "220204001", "address": "民康路1号"})
    assert page.status_code == 200
    assert boxes(page)["address"] == ["民康路1号"]


def test_no_category_and_a_category_that_is_none(client):
    case = begin(client)
    url = f"/mine/{case.number}/form/categories/"
    assert "请至少选一类。" in seen(client.post(url, {}))
    assert "没有这一类，请从下面选。" in seen(client.post(url, {"categories": ["rich"]}))
    assert again(case).categories == ["older"]


def test_when_saving_fails_the_page_says_so_and_keeps_what_was_typed(client, monkeypatch):
    case = begin(client)

    def locked(*_args, **_more):
        raise OperationalError("database is locked")

    monkeypatch.setattr(services, "save", locked)
    page = client.post(f"/mine/{case.number}/form/wishes/", {"job_intention": "保洁"})
    assert "没有存上：系统正忙。填的内容还在这一页里" in seen(page)
    assert boxes(page)["job_intention"] == ["保洁"]


def test_a_page_left_open_while_the_clerk_moved_on_says_where_things_stand(log_in):
    account, case = a_draft_of()
    client = log_in(account)
    from tests.factories import act, hand_in_materials

    hand_in_materials(account, case)
    act(account, case, "submit")
    page = client.post(f"/mine/{case.number}/form/wishes/", {"job_intention": "保洁"}, follow=True)
    assert "已提交，等待受理" in seen(page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"income_stable": "yes", "monthly_income": "很多"}, "请填数字，例如1800。"),
        ({"income_stable": "yes", "monthly_income": "-5"}, "大于或等于"),
        ({"income_stable": "yes", "monthly_income": "1_880"}, "请填数字，例如1800。"),
        ({"income_stable": "yes", "monthly_income": "1_79"}, "请填数字，例如1800。"),
        ({"monthly_income": "1800"}, "请选一项。"),
    ],
)
def test_a_wrong_sum_is_named_and_stays(client, typed, sentence):
    case = begin(client)
    page = client.post(f"/mine/{case.number}/form/income/", typed)
    assert sentence in seen(page)
    assert boxes(page)["monthly_income"] == [typed["monthly_income"]]


@pytest.mark.parametrize(
    "typed", ["１８００", "1,800元", "1800.00", "￥1800", "1800元/月", "0.18万", "\u202d1800\u202c"]
)
def test_a_sum_is_read_as_people_write_it(client, typed):
    case = begin(client)
    client.post(f"/mine/{case.number}/form/income/", {"income_stable": "yes", "monthly_income": typed})
    from tests.factories import seen_by

    assert seen_by(None, case).known["monthly_income"].value == 1800


def test_a_day_of_unemployment_after_today_is_named(client):
    case = begin(client)
    typed = {
        "registered_unemployed": "yes",
        "unemployed_since_year": "2027",
        "unemployed_since_month": "1",
        "unemployed_since_day": "1",
    }
    page = client.post(f"/mine/{case.number}/form/unemployment/", typed)
    assert "2027年1月1日还没有到，请改正。" in seen(page)
    assert boxes(page)["unemployed_since_year"] == ["2027"]


def test_a_signature_is_ones_own_name(log_in):
    account = an_account()
    person = an_applicant(name="王秀兰")
    case = a_case("correction", person, by=account)
    client = log_in(account)
    for typed in ("", "王秀英", "😀"):
        page = client.post(f"/mine/{case.number}/sign/", {"signature": typed} | ticked(case))
        assert "姓名" in seen(page)
        assert boxes(page)["signature"] == [typed]
        assert again(case).status == "correction"
    client.post(f"/mine/{case.number}/sign/", {"signature": " 王秀兰 "} | ticked(case))
    assert again(case).status == "submitted"


def test_a_member_of_the_household_with_a_wrong_number_is_named(client):
    case = begin(client)
    typed = {"relation": "配偶", "name": "王军", "state": "失业", "id_number": "220102198405060021"}
    page = client.post(f"/mine/{case.number}/form/household/add/", typed)
    assert "身份证号码不对" in seen(page)
    assert boxes(page)["name"] == ["王军"]
    assert boxes(page)["relation"] == ["配偶"]


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        ("0025-06-01", "0025年6月1日太早，不可能"),
        ("1970-01-01", "1970年1月1日是系统在没有日期时填的数"),
        ("2000-03-01", "2000年3月1日时还不满16周岁（1985年3月2日出生）"),
        ("2026-03-03", "2026年3月3日还没有到"),
    ],
)
def test_a_day_that_cannot_be_is_said_beside_its_boxes_and_stays_in_them(client, since, sentence):
    case = begin(client, an_applicant(born="1985-03-02"))
    url = f"/mine/{case.number}/form/unemployment/"
    page = client.post(url, {"registered_unemployed": "yes", **day("unemployed_since", since)})
    assert sentence in seen(page)
    assert boxes(page)["unemployed_since_year"] == [since[:4]]
    assert not Fact.objects.unscoped().filter(person=case.person, name="unemployed_since").exists()


def test_nobody_was_let_go_before_they_were_sixteen(client):
    case = begin(client, an_applicant(born="1985-03-02"), ("laid_off",))
    url = f"/mine/{case.number}/form/laid_off/"
    said = {"laid_off_from_state_enterprise": "yes", "former_employer": "长春第一机床厂"}
    page = client.post(url, said | day("contract_ended_on", "1995-03-01"))
    assert "1995年3月1日时还不满16周岁" in seen(page)
    assert boxes(page)["former_employer"] == ["长春第一机床厂"]


def test_a_picture_on_which_nothing_can_be_seen_is_kept_with_the_reason_beside_it(client):
    case = begin(client)
    url = f"/mine/{case.number}/materials/id_card/"
    assert client.post(url, {"file": a_file()}).status_code == 302
    page = seen(client.get(url))
    assert "照片太小，看不清，请重拍。" in page and "照片几乎只有一种颜色" in page
    assert "还差反面，请接着拍" in page
    assert "清楚，下一步" not in page
