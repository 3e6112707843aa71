"""Filling in the form: it is saved as one leaves a page, two tabs do not overwrite each other, nothing is skipped silently."""

import io
import re

import pytest
from PIL import Image

from jiuyuan.applications.models import Agent, Application
from jiuyuan.people import documents
from jiuyuan.people.models import Document
from tests.factories import (
    PLATFORM,
    a_case,
    a_clear_photograph,
    a_photograph,
    again,
    an_account,
    an_applicant,
    seen_by,
)
from tests.portal.walking import a_draft_of, a_file, begin, boxes, day, seen

pytestmark = pytest.mark.django_db
OTHER = "220102002"


def test_the_way_back_and_the_whole_form_save_what_was_typed(client):
    case = begin(client)
    page = f"/mine/{case.number}/form/"
    answer = client.post(f"{page}ability/", {"able_to_work": "yes", "health": "一般", "to": "back"})
    assert answer["Location"].endswith("/form/unemployment/")
    assert boxes(client.get(f"{page}ability/"))["able_to_work"] == ["yes"], "although the other question is open still"
    answer = client.post(f"{page}wishes/", {"skills": "做面食", "to": "review"})
    assert answer["Location"] == page
    assert again(case).details == {"health": "一般", "skills": "做面食"}


def test_what_is_wrong_is_said_before_one_leaves_by_a_button(client):
    case = begin(client)
    typed = {"registered_unemployed": "yes", **day("unemployed_since", "2026-2-30"), "to": "back"}
    assert "2026年2月30日这一天不存在" in seen(client.post(f"/mine/{case.number}/form/unemployment/", typed))


def test_the_script_keeps_what_can_be_kept_as_one_leaves(client):
    case = begin(client)
    url = f"/mine/{case.number}/form/unemployment/"
    typed = {"registered_unemployed": "yes", **day("unemployed_since", "2026-2-30"), "leaving": "1"}
    answer = client.post(
        url, {**typed, "employment_certificate": "22010001", "seen": boxes(client.get(url))["seen"][0]}
    )
    assert answer.status_code == 200
    assert answer.json() == {"seen": boxes(client.get(url))["seen"][0]}, "so that the page can be gone on with"
    assert boxes(client.get(url))["registered_unemployed"] == ["yes"]
    assert again(case).details == {"employment_certificate": "22010001"}
    assert 'src="/static/js/leaving' in client.get(url).content.decode()


def test_two_tabs_do_not_overwrite_each_other_and_both_are_shown(client):
    case = begin(client)
    url = f"/mine/{case.number}/form/contact/"
    opened = boxes(client.get(url))
    client.post(url, {"phone": opened["phone"][0], "address": "新地址8号", "seen": opened["seen"][0]})
    late = {"phone": "13900009999", "address": opened["address"][0], "seen": opened["seen"][0]}
    page = client.post(url, late)
    assert page.status_code == 409
    words = seen(page)
    assert "已经存的： 新地址8号" in words
    assert "您刚填的： 13900009999" in words
    assert again(case).person.address == "新地址8号"
    chosen = {name: values[0] for name, values in boxes(page).items() if name in ("phone", "address", "seen")}
    assert client.post(url, chosen).status_code == 302
    assert again(case).person.phone == "13900009999"


def test_the_same_words_twice_are_no_conflict(client):
    case = begin(client)
    url = f"/mine/{case.number}/form/contact/"
    said = {"phone": "13900009999", "address": "民康路1号", "seen": boxes(client.get(url))["seen"][0]}
    assert [client.post(url, said).status_code for _ in range(2)] == [302, 302]


def test_the_parts_of_the_way_are_counted_once_from_the_first_page(client):
    parts = [re.search(r"第\d步，共\d步", seen(client.get("/apply/where/")))]
    case = begin(client)
    assert parts == [None], "nobody is there yet"
    shown = []
    for path in ("form/contact/", "form/categories/", "form/register/", "form/household/", "form/wishes/",
                 "materials/id_card/", "form/"):  # fmt: skip
        shown.append(re.search(r"第(\d)步，共(\d)步", seen(client.get(f"/mine/{case.number}/{path}"))).groups())
    assert shown == [(part, "6") for part in "1234455"[:3] + "4455"], "at the end that of the papers, which still lack"


def test_a_wrong_street_is_changed_in_the_draft_and_nothing_else_is_lost(client):
    case = begin(client)
    client.post(f"/mine/{case.number}/materials/id_card/", {"front": a_file()})
    assert f"/mine/{case.number}/place/" in client.get(f"/mine/{case.number}/form/").content.decode()
    answer = client.post(f"/mine/{case.number}/place/", {"county": "220102"})
    answer = client.post(answer["Location"], {"platform": OTHER, "address": "新春街2号"})
    assert answer["Location"] == f"/mine/{case.number}/form/"
    case = again(case)
    assert (case.agency.code, case.person.agency.code) == (OTHER, PLATFORM)  # the file follows as the case is accepted
    assert seen_by(None, case).address == "新春街2号"
    assert case.materials.count() == 1


def test_after_handing_in_the_street_stays(log_in):
    account = an_account()
    case = a_case("correction", by=account)
    assert log_in(account).get(f"/mine/{case.number}/place/")["Location"] == f"/mine/{case.number}/"


def test_who_cannot_qualify_is_told_before_the_photographs(client):
    case = begin(client)
    url = f"/mine/{case.number}/"
    client.post(f"{url}form/unemployment/", {"registered_unemployed": "no", **day("unemployed_since", "2026-1-15")})
    for path in ("materials/id_card/", "form/"):
        words = seen(client.get(url + path))
        assert "按您填的，有2项不符合" in words, path
        assert "您仍可以提交" in words


def test_who_qualifies_is_not_frightened(log_in):
    account, case = a_draft_of()
    assert "项不符合" not in seen(log_in(account).get(f"/mine/{case.number}/form/"))


def test_columns_of_the_form_are_shown_once_and_then_named_as_not_filled_in(client):
    lines = ['hukou_division="220000"', 'hukou_kind="urban"']
    client.post("/apply/", {"answered": lines})
    case = begin(client)
    assert client.get(f"/mine/{case.number}/form/next/")["Location"].endswith("/form/register/")
    page = client.get(f"/mine/{case.number}/form/register/")
    assert boxes(page)["hukou_kind"] == ["urban"]
    assert client.get(f"/mine/{case.number}/form/next/")["Location"].endswith("/form/unemployment/")
    assert "户籍地址 没有填" in seen(client.get(f"/mine/{case.number}/form/"))


def test_nothing_that_decides_is_called_optional(client):
    case = begin(client)
    for code, question in {"register": "您的户籍在哪里？", "unemployment": "您这次是从哪一天开始没有工作的？"}.items():
        words = seen(client.get(f"/mine/{case.number}/form/{code}/"))
        assert f"{question} （选填）" not in words
        assert question in words
        assert "说不准的先空着" in words


def test_what_no_longer_matters_is_not_shown_as_missing(log_in):
    account, case = a_draft_of(facts={**an_applicant().facts, "hukou_kind": "urban"})
    assert "您常年住在城镇吗？ 尚不清楚" not in seen(log_in(account).get(f"/mine/{case.number}/form/"))


def test_a_second_application_begins_with_the_wishes_and_photographs_of_the_first(log_in):
    account, person = an_account(), an_applicant()
    case = a_case("submitted", person, by=account)
    Application.objects.unscoped().filter(pk=case.pk).update(details={"skills": "做面食", "education": "初中"})
    client = log_in(account)
    client.post(f"/mine/{case.number}/withdraw/")
    client.post("/apply/where/220102/", {"platform": PLATFORM, "address": person.address})
    assert boxes(client.get("/apply/category/"))["categories"] == list(case.categories)
    client.post("/apply/category/", {"categories": case.categories})
    second = Application.objects.unscoped().exclude(pk=case.pk).get()
    assert second.details == {"skills": "做面食", "education": "初中"}
    url = f"/mine/{second.number}/materials/id_card/"
    page = client.get(url)
    assert "用上次的照片" in seen(page)
    document = Document.objects.unscoped().filter(kind="id_card").first()
    for _ in range(2):
        client.post(url, {"again": document.pk})
    assert [m.document_id for m in second.materials.all()] == [document.pk]
    client.get(url)
    assert "您以前交过" not in seen(client.get(url))


def test_an_id_card_has_two_sides_and_the_one_that_lacks_is_asked_for(client):
    case = begin(client)
    url = f"/mine/{case.number}/materials/id_card/"
    client.post(url, {"front": a_file(a_clear_photograph())})
    words = seen(client.get(url))
    assert "还差反面，请接着拍。" in words
    assert "清楚，下一步" not in words
    assert "1张，还差反面" in seen(client.get(f"/mine/{case.number}/form/"))
    client.post(url, {"back": a_file(a_clear_photograph(), "反面.jpg")})
    assert [m.document.part for m in case.materials.all()] == ["front"], "the same picture is the same paper"
    client.post(url, {"back": a_file(a_photograph("navy"), "反面.jpg")})
    assert "传上来了，可是照片太小" in seen(client.get(url))
    assert [m.document.part for m in case.materials.all()] == ["front", "back"]


def test_several_pictures_come_at_once(client):
    case = begin(client)
    files = [a_file(a_photograph(colour), f"{colour}.jpg") for colour in ("red", "blue", "green")]
    assert client.post(f"/mine/{case.number}/materials/other/", {"file": files}).status_code == 302
    assert case.materials.count() == 3


def test_a_dark_picture_is_asked_for_again():
    dark = Image.new("RGB", (1000, 640), (8, 8, 8))
    dark.paste((60, 60, 60), (100, 100, 600, 400))
    out = io.BytesIO()
    dark.save(out, "JPEG")
    assert documents.check(out.getvalue(), "身份证.jpg").warnings == ("dark",)
    assert documents.check(a_clear_photograph(), "身份证.jpg").warnings == ()


def test_somebody_who_helps_is_on_record_with_an_authorisation(client):
    case = begin(client)
    url = f"/mine/{case.number}/form/agent/"
    said = {
        "name": "王小军",
        "relation": "儿子",
        "id_number": an_applicant("1999-01-02").id_number,
        "phone": "13900001234",
    }
    page = client.post(url, said | {"relation": "", "id_number": case.person.id_number})
    assert "请选是您的什么人" in seen(page)
    assert "这是您本人的号码" in seen(page)
    assert boxes(page)["name"] == ["王小军"]
    client.post(url, said)
    agent = Agent.objects.unscoped().get()
    assert (agent.application, agent.name, agent.id_number) == (again(case), "王小军", said["id_number"])
    words = seen(client.get(f"/mine/{case.number}/form/"))
    assert "帮您办的人 儿子王小军" in words
    assert "本人签字的委托书" in words.split("还缺这些")[1].split("您是谁")[0]
    client.post(f"/mine/{case.number}/materials/authorisation/", {"file": a_file()})
    assert case.materials.get().kind == "authorisation"
    version = again(case).version
    client.post(url, said)
    assert again(case).version == version, "the same again is no act"
    client.post(url, dict.fromkeys(said, ""))
    assert not Agent.objects.unscoped().exists()


def test_a_picture_that_cannot_be_used_does_not_keep_the_others_from_being_taken(client):
    case = begin(client)
    sent = {"front": a_file(b"no picture", "坏的.jpg"), "back": a_file(a_clear_photograph(), "反面.jpg")}
    page = client.post(f"/mine/{case.number}/materials/id_card/", sent)
    assert [m.document.part for m in case.materials.all()] == ["back"]
    words = seen(page)
    assert "传好了1张" in words and "“坏的.jpg”不能用" in words and "还差正面" in words


def test_a_day_of_the_form_is_read_as_a_day(client):
    case = begin(client, categories=("laid_off",))
    client.post(f"/mine/{case.number}/form/laid_off/", day("contract_ended_on", "2025-12-14") | {"to": "review"})
    words = seen(client.get(f"/mine/{case.number}/form/"))
    assert "2025年12月14日" in words and "2025-12-14" not in words


def test_a_browser_does_not_offer_ones_own_name_for_a_relative(client):
    case = begin(client)
    page = client.get(f"/mine/{case.number}/form/household/add/").content.decode()
    assert 'autocomplete="name"' not in page


def test_marks_that_nobody_sees_and_that_turn_words_around_are_kept_nowhere(client):
    person = an_applicant(address="民康路\u202e号1\u200b号")
    case = begin(client, person, categories=("laid_off",))
    client.post(f"/mine/{case.number}/form/laid_off/", {"former_employer": "\u202e长春\u2066厂", "to": "review"})
    case.refresh_from_db()
    assert (case.person.address, case.details["former_employer"]) == ("民康路号1号", "长春厂")
