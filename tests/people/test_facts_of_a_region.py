"""A region's own fact shows wherever a fact of the schema does, with nothing touched but the region's policy."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from jiuyuan import clock
from jiuyuan.applications import letters, services
from jiuyuan.people.fact_writer import refresh_known
from jiuyuan.people.models import KnownFacts
from jiuyuan.people.sources import recording, reversal, running
from jiuyuan.people.sources import services as imports
from jiuyuan.recognitions import queries, register, register_batches
from jiuyuan.recognitions.register_screening import register_on
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.regions.jilin import policy_2022_10 as jilin_2022_10
from jiuyuan.rules import facts
from jiuyuan.rules.facts import FACTS, FactDefinition
from jiuyuan.rules.policy import Base
from jiuyuan.rules.words import yes
from jiuyuan.screening.columns import Columns
from tests.desk.reading import words
from tests.factories import (
    OUT_OF_WORK,
    a_case,
    act,
    again,
    an_applicant,
    seen_by,
    staff,
    take_import_back,
    verify_facts,
)
from tests.people.sources.files import a_csv
from tests.portal.walking import begin, boxes, seen
from tests.recognitions.register import learn

pytestmark = pytest.mark.django_db

FISHER = FactDefinition(
    "left_fishing", "boolean", "是否退捕渔民", "您是不是退捕渔民？", "以渔业部门的名册为准。",
    yes="属于退捕渔民", no="不属于退捕渔民", asked=4, findable=20,
    known_to=("declared", "civil_affairs", "site_visit"),
)  # fmt: skip
SINCE = FactDefinition(
    "left_fishing_on", "date", "退捕日期", "您是哪一天退捕的？", known_to=("declared", "civil_affairs")
)
KIND = FactDefinition(
    "boat", "choice", "渔船种类", "您的渔船是哪一种？", choices={"river": "江河", "lake": "湖泊"}, known_to=("declared", "civil_affairs"),
)  # fmt: skip
OWN = (FISHER, SINCE, KIND)
MAPPING = """
provider = "省民政厅"
[columns]
id_number = ["身份证号码"]
fishing = ["渔民"]
left_on = ["退捕日期"]
[words.fishing]
left = ["退捕"]
fishes = ["在捕"]
[[fact]]
name = "left_fishing"
is = true
when = { fishing = "left" }
[[fact]]
name = "left_fishing"
is = false
when = { fishing = "fishes" }
[[fact]]
name = "left_fishing_on"
from = "left_on"
"""


@pytest.fixture
def region(monkeypatch):
    """The policy in force asks for a fact of its own; gone again after the test."""
    first, *rest = jilin_2022_10.POLICY.base
    base = (Base(first.code, "退捕渔民", "一", when=yes(FISHER)), *rest)
    policy = replace(jilin_2022_10.POLICY, facts=OWN, base=base)
    loaded = registry._policy
    monkeypatch.setattr(registry, "_policy", lambda code: policy if code == policy.code else loaded(code))
    facts.add(OWN)
    yield policy
    facts.remove(OWN)


def a_fisher(**said):
    return an_applicant(facts=OUT_OF_WORK | {"left_fishing": True} | said)


def known(person):
    return KnownFacts.objects.unscoped().get(person=person)


def test_a_name_stands_for_one_fact_and_can_be_a_column(region):
    with pytest.raises(ValueError, match="two facts"):
        facts.add([replace(FISHER, label="别的")])
    with pytest.raises(ValueError, match="small letters"):
        facts.add([replace(FISHER, name="退捕")])
    facts.add(OWN)
    assert facts.own_facts()[-3:] == ["left_fishing", "left_fishing_on", "boat"]


def test_the_form_asks_for_it_and_keeps_the_answer(region, client):
    case = begin(client)
    page = f"/mine/{case.number}/form/other_facts/"
    assert "您是不是退捕渔民？" in seen(client.get(page))
    client.post(page, boxes(client.get(page)) | {"left_fishing": "yes"})
    assert known(case.person).own == {"left_fishing": True}
    assert "您是不是退捕渔民？ 是" in seen(client.get(f"/mine/{case.number}/form/"))


def test_the_self_check_asks_for_it_in_its_place(region, client):
    carried = [
        f"{name}={json.dumps(value)}"
        for name, value in {
            "kind": None,
            "birth_date": "1985-03-02",
            "sex": "female",
            "registered_unemployed": True,
        }.items()
    ]
    page = client.post("/self-check/", {"answered": carried})
    assert boxes(page)["asked"] == ["left_fishing"]
    page = client.post("/self-check/", {"answered": carried, "asked": "left_fishing", "left_fishing": "yes"})
    assert "left_fishing=true" in boxes(page)["answered"]


def test_the_desk_records_it_visits_find_it_and_the_case_shows_it(region, log_in, clerk):
    case = a_case("accepted", a_fisher(), clerk=clerk)
    desk = log_in(clerk)
    assert "是否退捕渔民" in words(desk.get(f"/desk/cases/{case.number}/"))
    assert "是否退捕渔民" in words(desk.get("/desk/window/?categories=older"))
    assert "left_fishing" in facts.in_order("findable")
    with pytest.raises(BadInput, match="不能说明"):
        services.save(clerk, case.number, facts={"left_fishing": True}, source="document", evidence="身份证")
    with pytest.raises(BadInput) as refused:
        services.save(clerk, case.number, facts={"boat": "sea"}, source="declared")
    assert "渔船种类" in refused.value.errors[0][1]


def test_the_register_is_narrowed_by_it_and_screening_reads_it(region, log_in):
    case = a_case("recognised", a_fisher(left_fishing_on="2021-01-01", boat="river"))
    stay = case.recognition
    everybody = staff("reviewer")

    def found(said):
        return list(queries.narrowed(everybody, queries.RegisterFilters(fact=said)))

    assert found("left_fishing=true") == found("boat=river") == [stay]
    assert not found("left_fishing=false") and not found("boat=lake")
    assert not found("no_fact=true") and not found("left_fishing=perhaps") and not found("boat")
    assert found("wants_work=true") == [stay]
    page = log_in(everybody).get("/desk/register/", {"fact": "left_fishing=true"})
    assert "是否退捕渔民：是" in words(page) and stay.number in words(page)

    [row] = [row for batch in register_batches.batches(region.facts) for row in batch.to_pylist()]
    assert (row["left_fishing"], row["left_fishing_on"], row["boat"]) == (True, date(2021, 1, 1), "river")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT left_fishing, left_fishing_on, boat FROM ({register.in_postgres(region.facts)}) AS r"
            )
            assert cursor.fetchall() == [(True, date(2021, 1, 1), "river")]
    assert not list(register_on(clock.today()))
    learn(stay, left_fishing=False)
    assert [one.signals for one in register_on(clock.today())] == [(region.base[0].code,)]
    assert Columns(region.known_facts).places(["是否退捕渔民", "渔船种类"], "名册.csv") == {
        "left_fishing": 0,
        "boat": 1,
    }


def test_the_api_describes_it(region):
    schemas = Client().get("/api/v1/openapi.json").json()["components"]["schemas"]
    described = schemas["NewFacts"]["properties"]["facts"]["properties"]
    assert described["left_fishing"] == {"type": ["boolean", "null"], "description": "是否退捕渔民"}
    assert described["boat"]["enum"] == ["river", "lake", None]
    assert described["wants_work"] and "birth_date" not in described


@pytest.fixture
def mapped():
    folder = settings.JIUYUAN.data / "mappings"
    folder.mkdir()
    (folder / "civil_affairs.toml").write_text(MAPPING, "utf-8")
    yield
    (folder / "civil_affairs.toml").unlink()
    folder.rmdir()


def test_a_department_states_it_and_an_import_taken_back_leaves_nothing_of_it(region, mapped, reviewer):
    person = a_case("draft", card := an_applicant()).person
    other = a_case("draft", a_fisher()).person
    rows = [["身份证号码", "渔民", "退捕日期"], [card.id_number, "退捕", "2021-01-01"], [other.id_number, "退捕", ""]]
    batch = imports.upload(reviewer, "civil_affairs", "渔民.csv", [a_csv(rows)], dry=False)
    batch = running.run(batch.pk, recording.work_for)
    assert batch.counts == {"changed": 1, "matched": 1}
    assert known(person).own == {"left_fishing": True, "left_fishing_on": "2021-01-01"}
    assert known(other).own == {"left_fishing": True}
    take_import_back(reviewer, batch.pk, "传错了文件")
    reversal.run(batch.pk)
    assert (known(person).own, known(other).own) == (None, {"left_fishing": True})


def test_the_letter_of_a_refusal_names_it(region, clerk, reviewer):
    case = a_case("accepted", a_fisher(left_fishing=False), clerk=clerk)
    verify_facts(clerk, case)
    act(clerk, again(case), "first_review_fail", clauses=[region.base[0].code], reason="不是退捕渔民")
    [ground] = letters.refusal(seen_by(None, case), "rejected", "").grounds
    assert (ground.fact, ground.clause_text) == ("是否退捕渔民", "退捕渔民")


def test_without_the_region_what_was_recorded_stays_and_says_nothing(region, monkeypatch, log_in, clerk):
    stay = a_case("recognised", a_fisher(), clerk=clerk).recognition
    monkeypatch.undo()
    facts.remove(OWN)
    assert "left_fishing" not in FACTS
    desk = log_in(clerk)
    for address in (f"/desk/people/{stay.person_id}/", f"/desk/register/{stay.pk}/", "/desk/register/"):
        page = desk.get(address)
        assert page.status_code == 200 and "退捕" not in words(page)
    refresh_known(stay.person)
    assert known(stay.person).own is None
    assert not list(register_on(clock.today()))
