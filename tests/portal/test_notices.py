"""What the public sees of a notice, and how it can object (二(二))."""

import json
import re

import pytest
from django.test import Client

from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Agency
from jiuyuan.applications import public
from jiuyuan.applications.models import Objection
from jiuyuan.history.models import Entry
from tests.factories import PLATFORM, a_case, act, again, an_account, an_applicant, staff
from tests.portal.walking import boxes, seen

pytestmark = pytest.mark.django_db
LIST = f"/notices/?platform={PLATFORM}"


def on_notice(applicant=None):
    case = a_case("publishing", applicant)
    return case, case.notices.get()


def test_the_way_there_is_by_names_of_places(client):
    page = client.get("/notices/")
    assert "看哪里的公示？" in seen(page)
    first = page.content.decode().partition("</title>")[0]
    page = client.get("/notices/?county=220102")
    assert "哪个街道（乡镇）？" in seen(page)
    assert "南岭街道" in seen(page)
    assert page.content.decode().partition("</title>")[0] != first, "two steps have two titles"
    assert "请选一个县（市、区）。" in seen(client.get("/notices/?county="))
    assert "请选一个街道（乡镇）。" in seen(client.get("/notices/?county=220102&platform="))
    assert client.get("/notices/?platform=220102").status_code == 404, "there is no list for a county"
    assert client.get("/notices/?platform=x").status_code == 404


def test_exactly_what_the_notice_may_show_is_shown(client):
    applicant = an_applicant("1984-05-06", name="王秀兰", categories=("older", "disabled", "minimum_allowance"))
    case, notice = on_notice(applicant)
    for address in (LIST, f"/notices/{notice.pk}/"):
        page = client.get(address)
        words = seen(page)
        masked = applicant.id_number[:6] + "*" * 10 + applicant.id_number[-2:]
        for shown in ("王秀兰", "女", masked, "就业困难人员"):
            assert shown in words, shown
        raw = page.content.decode()
        for hidden in (
            applicant.id_number,
            "1984",
            applicant.phone,
            applicant.address,
            "残疾",
            "低保",
            "大龄",
            case.number,
        ):
            assert hidden not in raw, hidden
    words = seen(client.get(f"/notices/{notice.pk}/"))
    for shown in (
        "南岭街道公共就业服务平台",
        "公示开始 2026年3月2日 周一",
        "公示结束 2026年3月5日 周四",
        "有异议怎么办",
    ):
        assert shown in words, shown


def test_nobody_is_asked_to_object_to_their_own_notice(log_in):
    account = an_account()
    page = f"/notices/{a_case('publishing', by=account).notices.get().pk}/"
    assert f'href="{page}object/"' in log_in(an_account()).get(page).content.decode()
    own = log_in(account).get(page)
    assert f'href="{page}object/"' not in own.content.decode()
    assert "这是您本人的公示" in seen(own)


def test_an_old_number_of_any_length_is_masked_by_the_same_rule():
    _, notice = on_notice()
    assert re.fullmatch(r"\d{6}\*{10}\d[\dX]", public.notice(notice.pk).masked_id_number)


def test_no_search_engine_keeps_it(client):
    _, notice = on_notice()
    for address in ("/notices/", LIST, f"/notices/{notice.pk}/", f"/notices/{notice.pk}/object/"):
        assert client.get(address)["X-Robots-Tag"] == "noindex, noarchive, nosnippet"
    assert 'name="robots" content="noindex' in client.get(f"/notices/{notice.pk}/").content.decode()


def test_it_is_taken_down_when_it_ends(client, today):
    case, notice = on_notice()
    today("2026-03-05")
    assert client.get(f"/notices/{notice.pk}/").status_code == 200
    today("2026-03-06")
    assert client.get(f"/notices/{notice.pk}/").status_code == 404
    assert client.get(f"/notices/{notice.pk}/object/").status_code == 404
    assert "现在没有公示" in seen(client.get(LIST))
    assert again(case).status == "publishing"


def test_it_is_taken_down_when_the_case_is_taken_back(client):
    case, notice = on_notice()
    act(staff("clerk"), case, "withdraw")
    assert client.get(f"/notices/{notice.pk}/").status_code == 404


def test_a_street_shows_its_own_and_never_all_at_once(client, monkeypatch):
    monkeypatch.setattr(public, "_A_PAGE", 2)
    names = ["王一", "王二", "王三"]
    notices = [on_notice(an_applicant(name=name))[1] for name in names]
    page = client.get(LIST)
    assert [name for name in names if name in seen(page)] == ["王一", "王二"]
    following = re.search(r'href="(\?[^"]*cursor=[^"]*)"', page.content.decode()).group(1).replace("&amp;", "&")
    assert [name for name in names if name in seen(client.get(f"/notices/{following}"))] == ["王三"]
    assert "现在没有公示" in seen(client.get("/notices/?platform=220102002"))
    assert client.get(f"{LIST}&cursor=x").status_code == 200
    assert len(notices) == 3


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client, django_assert_num_queries):
    on_notice()
    client.get(LIST)
    with django_assert_num_queries(7):  # five count the visitor
        client.get(LIST)
    for _ in range(4):
        on_notice()
    with django_assert_num_queries(7):  # five count the visitor
        client.get(LIST)


def test_anybody_can_object_without_a_name_and_asks_after_it_by_its_number(client):
    case, notice = on_notice()
    answer = client.post(f"/notices/{notice.pk}/object/", {"ground": "他在大经路开着店"})
    words = seen(client.get(answer["Location"]))
    assert "异议已收到" in words
    assert "核查清楚之前，这份申请不会往下办" in words
    [objection] = Objection.objects.unscoped()
    assert re.fullmatch("Y-[2-9A-Z]{5}-[2-9A-Z]{5}", objection.number)
    assert f"异议编号： {objection.number}" in words
    asked = f"/confirm/?number={objection.number.lower()}"
    page = client.get(asked, follow=True)
    assert "这条异议正在核查" in seen(page)
    assert case.person.name not in page.content.decode()
    act(staff("clerk"), case, "settle_objection")
    assert "异议不成立" in seen(client.get(asked, follow=True))
    assert "查不到这个编号" in seen(client.get("/confirm/Y-22222-33333/"))
    assert (objection.ground, objection.name, objection.contact) == ("他在大经路开着店", "", "")
    assert objection.notice.application == case


def test_with_a_name_and_a_way_to_be_told(client):
    _, notice = on_notice()
    said = {"ground": "他在开店", "name": "邻居老赵", "contact": "13900001111"}
    page = client.post(f"/notices/{notice.pk}/object/", said | {"contact": "12"})
    assert "联系方式至少要5个字，请写全。" in seen(page)
    assert boxes(page)["ground"] == ["他在开店"]
    client.post(f"/notices/{notice.pk}/object/", said)
    [objection] = Objection.objects.unscoped()
    assert (objection.name, objection.contact) == ("邻居老赵", "13900001111")


def test_who_is_logged_in_is_not_written_down(log_in):
    case, notice = on_notice()
    account = an_account()
    log_in(account).post(f"/notices/{notice.pk}/object/", {"ground": "他在开店"})
    entry = Entry.objects.unscoped().get(file=case.file, action="object")
    assert (entry.actor, entry.role) == ("public", "public")
    assert account.username not in json.dumps(entry.payload)


def test_the_same_words_sent_twice_are_one_objection(client):
    _, notice = on_notice()
    for words in ("他在\u200b开店", "他在开店_x000D_"):
        assert client.post(f"/notices/{notice.pk}/object/", {"ground": words}).status_code == 302
    assert Objection.objects.unscoped().count() == 1
    client.post(f"/notices/{notice.pk}/object/", {"ground": "他还雇了人"})
    assert Objection.objects.unscoped().count() == 2


def test_two_who_say_the_same_without_a_name_get_a_number_each_and_a_page_shows_numbers_alone(client, monkeypatch):
    _, notice = on_notice()
    page, said = f"/notices/{notice.pk}/object/", {"ground": "他在\u200b开店"}
    mine, again, other = (one.post(page, said)["Location"] for one in (client, client, Client()))
    assert mine == again != other
    known = said | {"contact": "13900001111"}
    assert client.post(page, known)["Location"] == Client().post(page, known)["Location"] not in (mine, other)
    assert Objection.objects.unscoped().count() == 3
    assert public.as_printed(mine.partition("number=")[2]) in seen(client.get(mine))
    lies = client.get(f"/notices/{notice.pk}/objected/?number=请打13900001111转账")
    assert "异议编号" not in seen(lies)
    monkeypatch.setitem(pace.FROM_AN_ADDRESS, "objection", 2)
    sent = [client.post(page, said, REMOTE_ADDR="10.7.7.7").status_code for _ in range(3)]
    assert sent == [302, 302, 429], "what is sent again counts as well"


def test_an_empty_ground_is_named_and_the_name_stays(client):
    _, notice = on_notice()
    page = client.post(f"/notices/{notice.pk}/object/", {"ground": "  ", "name": "邻居老赵"})
    assert "请写明您知道的情况。" in seen(page)
    assert "邻居老赵" in page.content.decode()
    assert "no-store" in page["Cache-Control"], "no browser that others use too keeps who objected"


def test_the_persons_own_pages_do_not_tell_who_objected(log_in, client):
    account = an_account()
    case = a_case("publishing", by=account)
    notice = case.notices.get()
    client.post(f"/notices/{notice.pk}/object/", {"ground": "他在开店", "name": "邻居老赵"})
    own = log_in(account)
    for path in (f"/mine/{case.number}/", "/mine/", "/mine/information/"):
        assert "老赵" not in seen(own.get(path))


def test_every_county_leads_to_streets(client):
    """No county that can be chosen ends in an empty list, 长白山 and 梅河口 among them."""
    from jiuyuan.agencies.queries import counties, platforms_of

    chosen = counties()
    assert {"CBS01", "220581", "220184"} <= {county.code for county in chosen}
    empty = [county.name for county in chosen if not platforms_of(county)]
    assert empty == []
    assert Agency.objects.filter(level=Agency.Level.PLATFORM).count() == sum(len(platforms_of(c)) for c in chosen)
