"""Those who qualify and never applied: found in a list by the same rules, called by their platform, never kept without need."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from jiuyuan.agencies.models import User
from jiuyuan.applications import outreach
from jiuyuan.applications.models import Extract, Lead
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Person
from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, WrongState
from tests.factories import OTHER_PLATFORM, a_case, an_applicant, an_id_number, dismiss_lead, draft_lead, staff
from tests.jobs import fell_silent, work

pytestmark = pytest.mark.django_db

HEADINGS = [
    "姓名",
    "身份证号码",
    "联系电话",
    "常住地",
    "户籍所在地",
    "户籍性质",
    "是否已办理失业登记",
    "本次失业起始日期",
]
QUALIFIES = ["220102001", "220102", "城镇", "是", "2025-01-10"]


def a_list(*rows: Iterable[str], headings: list[str] = HEADINGS, encoding: str = "gb18030") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def a_row(name: str, born: str = "1980-05-06", *, sex: str = "female", number: int = 1, **changes: str) -> list[str]:
    values = dict(zip(HEADINGS[3:], QUALIFIES, strict=True)) | changes
    return [name, an_id_number(born, sex, number), "13800000001", *values.values()]


def screened(content: bytes, by: User | None = None) -> Extract:
    extract = outreach.upload(
        by or staff("reviewer"), provider="失业登记系统", file_name="失业登记.csv", pieces=[content],
        observed_on=date(2026, 3, 1),
    )  # fmt: skip
    assert work("screen_list") == 1
    extract.refresh_from_db()
    return extract


def leads() -> list[Lead]:
    return list(Lead.objects.unscoped().order_by("pk"))


def test_who_seems_to_qualify_comes_out_by_platform_with_what_is_known_and_what_to_ask() -> None:
    extract = screened(a_list(a_row("王秀兰"), a_row("年轻人", "2000-01-01", number=2)))
    assert (extract.status, extract.counts["leads"], extract.counts["unclear"]) == ("done", 1, 1)
    [lead] = leads()
    assert (lead.name, lead.agency.code, lead.categories) == ("王秀兰", "220102001", ["older"])
    assert lead.facts["unemployed_since"] == "2025-01-10"
    assert "able_to_work" in lead.missing
    assert "registered_unemployed" not in lead.missing


def test_nothing_is_kept_about_people_outside_the_area_nor_about_those_who_do_not_qualify() -> None:
    outside = a_row("外区人", number=3, 常住地=OTHER_PLATFORM)
    excluded = a_row("有户籍问题", number=4, 户籍所在地="210102")
    extract = screened(a_list(outside, excluded))
    assert (extract.counts["outside"], extract.counts["ineligible"]) == (1, 1)
    assert leads() == []
    assert Person.objects.unscoped().count() == 0
    assert extract.stored_as == "", "the list itself is gone once it was screened"
    assert "外区人" not in str(extract.faults)


def test_who_has_applied_or_is_on_the_register_is_not_called() -> None:
    applied, registered = an_applicant(born="1980-05-06"), an_applicant(born="1981-05-06")
    a_case("accepted", applicant=applied)
    a_case("recognised", applicant=registered)
    rows = [[who.name, who.id_number, "", *QUALIFIES] for who in (applied, registered)]
    extract = screened(a_list(*rows))
    assert (extract.counts["known"], leads()) == (2, [])


def test_a_bad_row_is_listed_with_its_number_and_why_and_the_rest_is_answered() -> None:
    bad_day = a_row("日期错", number=5, 本次失业起始日期="2026年2月30日")
    bad_answer = a_row("答非所问", number=6, 是否已办理失业登记="也许")
    bad_number = ["号码错", "220102197005060000", "", *QUALIFIES]
    extract = screened(a_list(bad_day, bad_answer, bad_number, a_row("王秀兰", number=7)))
    assert [row for row, _ in extract.faults] == [2, 3, 4]
    assert "也许" in extract.faults[1][1]
    assert [lead.name for lead in leads()] == ["王秀兰"]


def test_a_list_without_names_or_numbers_is_refused_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        screened(a_list(["a"], headings=["电话"]))
    assert refused.value.errors[0][0] == "file"
    assert Extract.objects.unscoped().count() == 0


def test_lists_are_screened_by_county_and_city_only() -> None:
    for role in ("clerk", "province", "auditor"):
        with pytest.raises(NotForRole):
            screened(a_list(a_row("王秀兰")), by=staff(role))


def test_a_run_that_was_killed_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outreach, "_CHUNK", 2)
    settle, calls = outreach._settle, []

    def killed(*args: Any) -> None:
        if len(calls) == 1:
            calls.append("killed")
            raise KeyboardInterrupt
        calls.append("chunk")
        settle(*args)

    monkeypatch.setattr(outreach, "_settle", killed)
    rows = [a_row(f"王秀{n}", number=10 + place) for place, n in enumerate("甲乙丙丁戊")]
    extract = outreach.upload(staff("reviewer"), provider="失业登记", file_name="a.csv", pieces=[a_list(*rows)])
    with pytest.raises(KeyboardInterrupt):
        work("screen_list")
    assert work("screen_list") == 0, "it may still be running"
    fell_silent()
    assert work("screen_list") == 1
    extract.refresh_from_db()
    assert (extract.status, extract.counts["leads"], len(leads())) == ("done", 5, 5)


def test_a_list_that_one_worker_screens_is_left_alone_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    settle, others = outreach._settle, []

    def meanwhile(*args: Any) -> None:
        others.append(work("screen_list"))
        settle(*args)

    monkeypatch.setattr(outreach, "_settle", meanwhile)
    screened(a_list(a_row("王秀兰")))
    assert others == [0]
    assert len(leads()) == 1


def test_the_clerk_turns_a_lead_into_a_draft_with_facts_their_source_and_day() -> None:
    screened(a_list(a_row("王秀兰")))
    [lead] = leads()
    case = draft_lead(staff("clerk"), lead.pk, phone="13900000009", address="南岭街1号").application
    assert (case.status, case.categories, case.agency.code) == ("draft", ["older"], "220102001")
    known = standing(case.person.facts.all())
    fact = known["unemployed_since"].best
    assert (fact.value, fact.source, fact.department) == ("2025-01-10", "shared_data", "公共就业服务机构")
    assert fact.observed_on == date(2026, 3, 1)
    assert "名单第2行" in fact.evidence
    lead.refresh_from_db()
    assert (lead.status, lead.application) == ("applied", case)
    with pytest.raises(WrongState):
        draft_lead(staff("clerk"), lead.pk, phone="13900000009")


def test_only_the_clerk_of_the_place_acts_on_a_lead() -> None:
    screened(a_list(a_row("王秀兰")))
    [lead] = leads()
    with pytest.raises(NotFound):
        draft_lead(staff("clerk", at=OTHER_PLATFORM), lead.pk, phone="13900000009")
    with pytest.raises(NotForRole):
        dismiss_lead(staff("reviewer"), lead.pk, "已就业。")


def test_who_does_not_apply_is_noted_with_the_reason_and_not_called_for_it_again() -> None:
    screened(a_list(a_row("王秀兰")))
    [lead] = leads()
    with pytest.raises(BadInput):
        dismiss_lead(staff("clerk"), lead.pk, " ")
    dismiss_lead(staff("clerk"), lead.pk, "本人已找到工作。")
    lead.refresh_from_db()
    assert (lead.status, lead.closed_because) == ("dismissed", "本人已找到工作。")


def test_somebody_who_applied_meanwhile_is_not_applied_for_twice() -> None:
    who = an_applicant(born="1980-05-06")
    screened(a_list([who.name, who.id_number, "", *QUALIFIES]))
    [lead] = leads()
    a_case("accepted", applicant=who)
    with pytest.raises(Conflict):
        draft_lead(staff("clerk"), lead.pk, phone="13900000009")


def test_the_reviewer_uploads_and_the_clerk_calls_and_drafts(client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(staff("reviewer"), backend="jiuyuan.agencies.backends.WithAgency")
    file = SimpleUploadedFile("失业登记.csv", a_list(a_row("王秀兰")))
    answer = client.post("/desk/extracts/", {"provider": "失业登记系统", "file": file, "observed_on": "2026-03-01"})
    assert answer.status_code == 302
    work("screen_list")
    shown = client.get(answer.url).content.decode()
    assert "南岭街道公共就业服务平台" in shown
    client.force_login(staff("clerk"), backend="jiuyuan.agencies.backends.WithAgency")
    [lead] = leads()
    assert "王秀兰" in client.get("/desk/leads/").content.decode()
    page = client.get(f"/desk/leads/{lead.pk}/").content.decode()
    assert lead.id_number not in page
    wrong = client.post(f"/desk/leads/{lead.pk}/", {"phone": "12", "address": "南岭街1号"})
    assert wrong.status_code == 422
    assert "手机号码" in wrong.content.decode()
    assert "南岭街1号" in wrong.content.decode()
    done = client.post(f"/desk/leads/{lead.pk}/", {"phone": "13900000009", "address": "南岭街1号"}, follow=True)
    assert "草稿" in done.content.decode()


def test_an_upload_without_provider_or_file_names_the_fields(client: Any) -> None:
    client.force_login(staff("reviewer"), backend="jiuyuan.agencies.backends.WithAgency")
    answer = client.post("/desk/extracts/", {"provider": ""})
    assert answer.status_code == 422
    assert "请选择要筛查的名单" in answer.content.decode()
