"""What stands on 《认定表》 is put right at the window: a typing mistake needs no second application."""

from jiuyuan.desk.forms.facts import fact_field
from jiuyuan.history.models import Entry
from jiuyuan.regions import registry
from tests import factories
from tests.desk.reading import links, words


def as_it_stands(page):
    form = page.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def where(case):
    return f"/desk/cases/{case.number}/edit/"


def test_contact_categories_columns_and_what_was_said_are_changed_as_one_act(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    page = desk.get(where(case))
    said = as_it_stands(page) | {
        "phone": "13911112222", "address": "民康路9号", "categories": ["older", "laid_off"], "job_intention": "做保洁",
        fact_field("unemployed_since"): "2025-05-01", "agent-name": "王小军", "agent-relation": "儿子",
        "agent-id_number": factories.an_id_number("1990-01-02", "male"), "agent-phone": "13900001234",
    }  # fmt: skip
    done = desk.post(where(case), said, follow=True)
    assert "已修改认定表。" in words(done)
    now = factories.seen_by(clerk, case)
    assert (now.person.phone, now.person.address) == ("13911112222", "民康路9号")
    assert now.application.categories == ["laid_off", "older"]
    assert now.application.details["job_intention"] == "做保洁"
    assert (now.agent.name, now.agent.phone) == ("王小军", "13900001234")
    assert as_it_stands(desk.get(where(case)))["agent-relation"] == "儿子"
    assert now.known["unemployed_since"].value == "2025-05-01"
    acts = Entry.objects.unscoped().filter(file=case.file, action="form")
    assert [act.actor for act in acts] == [clerk.username]
    assert now.application.version == case.version + 1


def test_saved_unchanged_it_changes_nothing(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    before = Entry.objects.unscoped().filter(file=case.file).count()
    done = desk.post(where(case), as_it_stands(desk.get(where(case))), follow=True)
    assert "没有改动。" in words(done)
    assert Entry.objects.unscoped().filter(file=case.file).count() == before


def test_what_was_verified_is_not_said_again_and_what_is_wrong_stays_typed(desk, clerk):
    case = factories.a_case("accepted", clerk=clerk)
    factories.verify_facts(clerk, case, hukou_kind="urban")
    page = desk.get(where(case))
    assert fact_field("hukou_kind") not in page.context["form"].fields
    wrong = desk.post(where(case), as_it_stands(page) | {"phone": "12", "skills": "电焊", "categories": []})
    assert wrong.status_code == 422
    assert 'value="12"' in wrong.content.decode()
    assert "电焊" in wrong.content.decode()
    assert not factories.again(case).details.get("skills")


def test_an_older_version_and_a_closed_case_change_nothing(desk, clerk):
    case = factories.a_case("submitted", clerk=clerk)
    said = as_it_stands(desk.get(where(case))) | {"skills": "电焊"}
    factories.act(clerk, case, "accept")
    late = desk.post(where(case), said)
    assert late.status_code == 409
    assert "电焊" in words(late)
    assert not factories.again(case).details.get("skills")


def test_a_draft_from_a_lead_has_no_dead_end(desk, clerk):
    person = factories.an_applicant(address="")
    case = factories.services.create(clerk, **person.form())
    page = desk.get(f"/desk/cases/{case.number}/")
    assert "补填认定表" in page.context["next"].title
    url = next(url for url, text in links(page) if text == "补填认定表")
    page = desk.get(url)
    desk.post(url, as_it_stands(page) | {"address": "民康路1号"})
    assert factories.seen_by(None, case).person.address == "民康路1号"
    assert all(detail.name in page.context["form"].fields for detail in registry.questions_of("").details)
