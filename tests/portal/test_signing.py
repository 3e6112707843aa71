"""What is signed on screen stands on paper word for word, with the name as it was typed; consent is asked on its own."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiuyuan import clock
from jiuyuan.applications import services
from jiuyuan.applications.models import Agent
from jiuyuan.applications.printed_form import form_data, form_pdf
from jiuyuan.refusals import BadInput
from tests.factories import (
    a_case,
    a_clear_photograph,
    a_photograph,
    act,
    again,
    an_account,
    an_applicant,
    hand_in_materials,
    seen_by,
    staff,
)
from tests.portal.walking import seen
from tests.printing.paper import text_of

pytestmark = pytest.mark.django_db


def drafted(name="王秀兰"):
    account = an_account()
    case = a_case("draft", an_applicant(name=name), by=account)
    hand_in_materials(account, case)
    return account, case


def test_the_words_on_screen_are_those_on_paper_with_the_typed_name_and_day(log_in):
    account, case = drafted()
    client, address = log_in(account), f"/mine/{case.number}/sign/"
    page = client.get(address)
    client.post(address, {"signature": "王 秀兰", "consent": "on"})
    case = again(case)
    assert case.status == "submitted"
    shown = re.sub(r"\s", "", html.unescape(page.content.decode()))
    paper = text_of(form_pdf(seen_by(account, case)))
    assert len(case.signed["text"]) == 4
    for said in case.signed["text"]:
        words = re.sub(r"\s", "", said)
        assert words in shown
        assert words in paper
    assert "部门信息共享" in case.signed["text"][-1]
    assert "王秀兰（网上签名）2026年3月2日" in paper
    assert case.signed["consented_at"].startswith("2026-03-02T")


def test_without_consent_nothing_is_signed_and_nothing_typed_is_lost(log_in):
    account, case = drafted()
    page = log_in(account).post(f"/mine/{case.number}/sign/", {"signature": "王秀兰"})
    assert "请打勾" in seen(page)
    assert 'value="王秀兰"' in page.content.decode()
    assert (again(case).status, again(case).signed) == ("draft", None)


def test_at_the_window_the_line_for_the_pen_stays():
    case = a_case("submitted")
    paper = text_of(form_pdf(seen_by(staff("clerk"), case)))
    assert "网上签名" not in paper
    assert "申请人（签名）：" in paper
    assert "同意公共就业服务机构通过部门信息共享" in paper


def test_what_was_signed_stays_as_it_was_signed_and_a_form_handed_in_by_another_hand_is_signed_by_nobody(log_in):
    account, case = drafted()
    client = log_in(account)
    client.post(f"/mine/{case.number}/sign/", {"signature": "王秀兰", "consent": "on"})
    clerk = staff("clerk")
    act(clerk, case, "ask_correction")
    assert again(case).signed["name"] == "王秀兰"
    act(clerk, case, "submit")
    assert again(case).signed is None


def test_no_state_stands_on_the_form_and_the_sex_of_the_family_comes_from_its_numbers():
    case = a_case("submitted")
    case.person.household.create(name="徐大山", id_number="220102198001011234", relation="配偶", state="失业")
    data = form_data(seen_by(None, case))
    assert data.household[0].sex == "男"
    assert not hasattr(data, "status")


def test_what_is_not_handed_in_yet_is_named_and_can_be_brought_until_the_case_is_accepted(log_in):
    account, clerk = an_account(), staff("clerk")
    case = a_case("submitted", by=account, clerk=clerk)
    lacking = seen_by(account, case).required_materials[-1]
    case.materials.filter(kind__in=lacking.any_of).update(removed_at=clock.now())
    client, url = log_in(account), reverse("portal:material", args=[case.number, lacking.any_of[0]])
    for page in ("receipt/", ""):
        answer = client.get(f"/mine/{case.number}/{page}")
        assert f"上传{lacking.label}" in seen(answer)
        assert f'href="{url}"' in answer.content.decode()
    assert f"还差 {lacking.label}" in seen(log_in(clerk).get(f"/desk/cases/{case.number}/"))
    paper = {"kind": lacking.any_of[0], "file": SimpleUploadedFile("a.jpg", a_clear_photograph())}
    sent = client.post(url, paper)
    assert sent.status_code == 302
    assert not seen_by(account, case).missing_materials
    assert "还差" not in seen(client.get(f"/mine/{case.number}/receipt/"))
    act(clerk, case, "accept")
    assert client.get(url).url == f"/mine/{case.number}/"


SON = {"name": "王小军", "relation": "儿子", "phone": "13900001234"}


def with_an_agent():
    account, case = drafted()
    services.save(account, case.number, agent=SON | {"id_number": an_applicant("1990-01-02", "male").id_number})
    services.add_material(account, case.number, "authorisation", a_photograph(), "委托书.jpg")
    return account, case


def test_who_acts_for_somebody_signs_with_their_own_name_and_the_paper_says_so(log_in):
    account, case = with_an_agent()
    client, address = log_in(account), f"/mine/{case.number}/sign/"
    page = seen(client.get(address))
    assert "本申请由王小军（儿子）凭王秀兰本人签字的委托书代办" in page
    assert "王小军代签的，写王小军" in page
    assert "代办人签的，写代办人自己的姓名“王小军”" in seen(
        client.post(address, {"signature": "李四", "consent": "on"})
    )
    client.post(address, {"signature": "王 小军", "consent": "on"})
    signed = again(case).signed
    assert (signed["name"], signed["agent"]) == ("王 小军", {"name": "王小军", "relation": "儿子"})
    paper = text_of(form_pdf(seen_by(account, case)))
    assert "申请人：王秀兰代办人（签名）：王小军（网上签名，凭委托书代签）2026年3月2日" in paper
    assert "本申请由王小军（儿子）凭王秀兰本人签字的委托书代办" in paper
    promised = seen_by(account, case).known["wants_work"].current[0]
    assert "王小军（儿子）凭委托书代王秀兰于2026年3月2日签名" in promised.evidence
    told = "王 小军（儿子，凭委托书代签），2026年3月2日"
    clerk = staff("clerk")
    for reader, where in ((client, f"/mine/{case.number}/"), (log_in(clerk), f"/desk/cases/{case.number}/")):
        assert told in seen(reader.get(where)), where


def test_who_signed_as_agent_stays_the_agent_while_the_signature_stands(log_in):
    account, case = with_an_agent()
    log_in(account).post(f"/mine/{case.number}/sign/", {"signature": "王小军", "consent": "on"})
    clerk = staff("clerk")
    other = SON | {"id_number": again(case).agent.id_number}
    services.save(clerk, case.number, agent=other | {"phone": "13900009999"})
    for said in (dict.fromkeys(other, ""), other | {"name": "王大军"}):
        with pytest.raises(BadInput, match="改正") as refused:
            services.save(clerk, case.number, agent=said)
        assert "已经在这份申请上签了名" in dict(refused.value.errors)["agent-name"]
    act(clerk, case, "ask_correction")
    services.save(account, case.number, agent=dict.fromkeys(other, ""))
    assert not Agent.objects.unscoped().exists()


def test_the_person_signs_for_themselves_though_somebody_helps_and_a_pen_has_a_line_for_each(log_in):
    account, case = with_an_agent()
    by_pen = text_of(form_pdf(seen_by(account, case)))
    assert "申请人（签名）：代办人（签名）：" in by_pen
    log_in(account).post(f"/mine/{case.number}/sign/", {"signature": "王秀兰", "consent": "on"})
    assert "agent" not in again(case).signed
    assert "申请人（签名）：王秀兰（网上签名）" in text_of(form_pdf(seen_by(account, case)))
