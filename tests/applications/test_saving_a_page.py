"""A page of the form is one call: one version, one act in the case's record, and neither where nothing changed."""

import pytest

from jiuyuan.applications import services
from jiuyuan.history.models import Entry
from tests.factories import a_case, again, an_account, an_applicant, staff

pytestmark = pytest.mark.django_db

A_WHOLE_PAGE = {
    "facts": {"business_registered": True},
    "details": {"skills": "缝纫"},
    "contact": {"phone": "13900002222", "address": "民康路9号"},
    "household": [{"name": "家里人", "relation": "配偶", "state": "失业"}],
    "categories": ["older", "disabled"],
}


def acts_of(case):
    return list(Entry.objects.unscoped().filter(file=case.file).order_by("seq").values_list("action", flat=True))


def test_a_page_with_everything_on_it_is_one_version_and_one_act():
    account = an_account()
    case = services.create(account, **an_applicant().form())
    saved = services.save(account, case.number, **A_WHOLE_PAGE, version=case.version)
    assert saved.version == case.version + 1
    assert acts_of(case) == ["create", "form"]
    said = Entry.objects.unscoped().get(file=case.file, action="form").payload
    assert said["fields"] == ["categories", "details", "contact", "household"]
    assert (said["names"], said["source"]) == (["business_registered"], "declared")
    own = Entry.objects.unscoped().filter(file=case.person.file).values_list("action", flat=True)
    assert set(own) >= {"contact_changed", "household_recorded", "facts_recorded"}


@pytest.mark.parametrize("part", sorted(A_WHOLE_PAGE))
def test_what_is_said_again_writes_nothing(part):
    account = an_account()
    case = services.create(account, **an_applicant().form())
    once = services.save(account, case.number, **A_WHOLE_PAGE)
    before = Entry.objects.unscoped().count()
    twice = services.save(account, case.number, **{part: A_WHOLE_PAGE[part]})
    assert (again(case).version, twice.version, Entry.objects.unscoped().count()) == (
        once.version,
        once.version,
        before,
    )


def test_what_an_office_finds_is_an_act_of_its_own_kind_each_time():
    clerk = staff("clerk")
    case = a_case("accepted", clerk=clerk)
    for _ in range(2):
        services.save(clerk, case.number, facts={"wants_work": True}, source="site_visit", evidence="入户")
    assert acts_of(case)[-2:] == ["facts", "facts"]


def test_a_page_that_is_refused_in_part_leaves_all_as_it_was():
    account = an_account()
    case = services.create(account, **an_applicant().form())
    before = Entry.objects.unscoped().count()
    with pytest.raises(services.BadInput):
        services.save(account, case.number, **A_WHOLE_PAGE | {"facts": {"unemployed_since": "1999-13-45"}})
    kept = again(case)
    assert (kept.version, kept.details, kept.categories) == (case.version, {}, ["older"])
    assert Entry.objects.unscoped().count() == before and not kept.person.household.exists()
