"""A case is decided by the policy under which it began, and a stored decision answers the same under its own."""

import json
from dataclasses import replace
from datetime import date

import pytest

from jiuyuan import cli
from jiuyuan.applications import letters, nightly, rerun, services
from jiuyuan.applications.models import Application, Decision
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.regions.jilin.policy_2022_10 import POLICY
from jiuyuan.regions.region import InForce
from tests.factories import a_case, act, an_applicant, seen_by, staff, verify_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_newer_policy(monkeypatch):
    """From 2026-03-04 on, one without the category of the landless and with another code for the disabled."""
    kept = tuple(c for c in POLICY.categories if c.code not in ("landless_farmer", "disabled"))
    other = replace(next(c for c in POLICY.categories if c.code == "disabled"), code="disabled_person")
    newer = replace(POLICY, code="jilin-2026-3", effective_on=date(2026, 3, 4), categories=(*kept, other))
    usual = registry._policy
    monkeypatch.setattr(registry, "_policy", lambda code: newer if code == newer.code else usual(code))
    [jilin] = registry.regions()
    changed = replace(jilin, policies=(*jilin.policies, InForce(newer.code, newer.effective_on)))
    monkeypatch.setattr(registry, "_stated", lambda: iter((changed,)))
    registry.regions.cache_clear()
    registry.region_of.cache_clear()
    yield newer
    monkeypatch.undo()
    registry.regions.cache_clear()
    registry.region_of.cache_clear()


def test_a_case_and_its_recognition_say_which_region_s_rules_they_stand_under():
    case = a_case("recognised")
    assert (case.region, case.scheme, case.policy) == ("jilin", "employment_hardship", "jilin-2022-10")
    stay = Recognition.objects.unscoped().get()
    assert (stay.region, stay.scheme, stay.policy) == ("jilin", "employment_hardship", "jilin-2022-10")


def test_a_newer_policy_changes_no_open_case_and_decides_those_that_begin_under_it(a_newer_policy, today):
    clerk = staff("clerk")
    open_case = a_case(
        "accepted", an_applicant(categories=["disabled"], facts={"disability_certificate": True}), clerk=clerk
    )
    today("2026-03-05")
    seen = seen_by(clerk, open_case)
    assert seen.policy.code == "jilin-2022-10"
    assert "disabled" in seen.decision.categories
    services.save(clerk, open_case.number, categories=["disabled", "older"])
    verify_facts(clerk, open_case)
    act(clerk, open_case, "first_review_pass")
    assert Decision.objects.unscoped().latest("pk").policy == "jilin-2022-10"
    assert a_case("draft").policy == a_newer_policy.code


def test_a_refusal_of_before_is_printed_under_its_own_policy(a_newer_policy, today):
    case = a_case("rejected", an_applicant(categories=["disabled"]))
    Decision.objects.unscoped().update(refusal={})  # as refusals were kept before clauses were stored with them
    today("2026-03-05")
    assert letters.refusal(seen_by(staff("clerk"), case), "rejected", "").grounds


def test_decisions_that_are_run_again_answer_as_stored_or_are_named(today, capsys):
    a_case("recognised")
    today("2036-03-02")
    assert list(rerun.differing(1000)) == []
    spoilt = Decision.objects.unscoped().latest("pk")
    Decision.objects.unscoped().filter(pk=spoilt.pk).update(facts=spoilt.facts | {"wants_work": False})
    [found] = rerun.differing(1000)
    assert (found.decision, found.now["outcome"]) == (spoilt, "ineligible")
    assert cli.main(["decide", "--rerun", "1000"]) == 1
    assert json.loads(capsys.readouterr().out)["application"] == Application.objects.unscoped().get().number
    Decision.objects.unscoped().filter(pk=spoilt.pk).update(policy="jilin-1999")
    [found] = rerun.differing(1000)
    assert "jilin-1999" in found.why


def test_the_night_runs_some_of_them_again(today):
    a_case("recognised")
    assert nightly.run().figures["rerun_differs"] == 0
    spoilt = Decision.objects.unscoped().latest("pk")
    Decision.objects.unscoped().filter(pk=spoilt.pk).update(facts=spoilt.facts | {"wants_work": False})
    today("2026-03-20")
    assert nightly.run().figures["rerun_differs"] == 1
