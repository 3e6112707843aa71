"""吉林's places and offices, and the tree in which they stand."""

import pytest

from jiuyuan.agencies import queries, services
from jiuyuan.agencies.models import Agency, Division
from tests.factories import staff

pytestmark = pytest.mark.django_db


def agency(code: str) -> Agency:
    return Agency.objects.get(code=code)


def test_every_place_of_the_province_is_there():
    found = {level: Division.objects.filter(level=level).count() for level in Division.Level.values}
    assert found == {
        "province": 1,
        "prefecture": 9,
        "county": 60,
        "zone": 9,
        "town": 1075,
        "community": 11860,
    }


def test_every_prefecture_county_street_and_town_has_its_office():
    found = {level: Agency.objects.filter(level=level).count() for level in Agency.Level.values}
    assert found == {
        "province": 1,
        "region": 9 + 2,  # 长白山 and 梅河口 report to the province
        "county": 60 + 9 + 1,
        "platform": 1075,
        "community": 0,
    }


def test_path_of_every_office_is_that_of_the_office_above_and_its_own_code():
    for office in Agency.objects.select_related("parent"):
        assert office.path == f"{office.parent.path if office.parent else ''}{office.code}/"


def test_meihekou_stands_under_the_province_although_its_code_lies_under_tonghua():
    assert agency("220581").path == "22/MHK/220581/"
    assert not agency("2205").covers(agency("220581001").path)
    assert agency("22").covers(agency("220581001").path)


@pytest.mark.parametrize("code", ["222426120", "220621120", "220621121"])
def test_changbaishan_stands_under_the_province_although_its_codes_lie_under_two_counties(code):
    assert agency(code).path == f"22/CBS/CBS01/{code}/"
    assert not agency(code[:6]).covers(agency(code).path)


def test_gongzhuling_belongs_to_changchun():
    assert agency("220184").path == "22/2201/220184/"


def test_planting_again_changes_nothing(django_assert_num_queries):
    before = Agency.objects.count()
    with django_assert_num_queries(3):  # a savepoint around one question
        services.plant()
    assert Agency.objects.count() == before


def test_office_covers_itself_and_what_stands_below_it_and_nothing_beside_it():
    county = agency("220102")
    assert county.covers(county.path)
    assert county.covers(agency("220102001").path)
    assert not county.covers(agency("220103").path)
    assert not agency("220102001").covers(county.path)


def test_way_up_finds_the_office_of_a_level():
    platform = agency("220102001")
    assert queries.county_of(platform) == agency("220102")
    assert platform.ancestor("region") == agency("2201")
    assert platform.ancestor("platform") == platform
    assert agency("22").ancestor("county") is None


@pytest.mark.parametrize(
    ("code", "platform"), [("220102001", "220102001"), ("220102001001", "220102001"), ("222426120001", "222426120")]
)
def test_platform_of_a_place_is_found_by_the_code_of_any_place_in_it(code, platform):
    assert queries.platform_for(code) == agency(platform)


@pytest.mark.parametrize("code", ["220102", "22", "999999999", "", "220102999", "不是代码"])
def test_place_without_a_platform_has_none(code):
    assert queries.platform_for(code) is None


def test_place_is_named_from_the_largest_down():
    assert queries.place_name("220102001") == "吉林省长春市南关区南岭街道"


def test_code_that_no_list_knows_is_shown_as_it_is():
    assert queries.place_name("999381001") == "999381001"
    assert queries.place_name(None) == ""


def test_place_outside_the_province_is_named_by_its_province_beside_its_code_and_read_back_so():
    assert queries.place_name("150502") == "内蒙古自治区（150502）"
    assert queries.place_named("内蒙古自治区（150502）") == "150502"
    assert queries.place_named("辽宁省（150502）") is None


@pytest.mark.parametrize(("code", "name"), [("110000", "北京市"), ("220000", "吉林省")])
def test_a_province_is_known_by_name_and_by_code(code, name):
    assert queries.place_name(code) == name
    assert queries.place_named(name) == code


def test_every_place_is_found_by_its_name_from_the_province_or_the_city_on():
    for code in Division.objects.exclude(code="22").values_list("code", flat=True):
        name = queries.place_name(code)
        known = code if len(code) >= 6 else None  # a city is no place to live in: its code says too little
        assert queries.place_named(name) == known
        assert queries.place_named(name.removeprefix("吉林省")) == known
    assert queries.place_named("朝阳区") is None
    assert queries.place_named("") is None
    assert {queries.place_named(name) for name in queries.places_to_choose()}.isdisjoint({None})


def test_token_is_kept_as_its_hash_alone():
    token = services.issue_token(staff("clerk"))
    from jiuyuan.agencies.models import Token

    kept = Token.objects.get()
    assert kept.digest == services.token_digest(token)
    assert token not in kept.digest
    assert 179 <= (kept.expires_at - kept.created_at).days <= 180


def test_place_of_this_installation_is_meant_by_its_bare_name_the_nearer_first_and_several_are_named():
    assert queries.places_meant("长春市南关区") == queries.places_meant("南关区") == ["220102"]
    county, double = Division.objects.get(code="220102"), Division.objects.get(code="220202")
    Division.objects.filter(pk=double.pk).update(name=county.name)
    queries._divisions_by_code.cache_clear(), queries._codes_by_bare_name.cache_clear()
    try:
        assert queries.places_meant("南关区", "/22/2202/220202/") == ["220202"]
        both = queries.places_meant("南关区")
        assert both == ["220102", "220202"]
        assert "吉林省长春市南关区、吉林省吉林市南关区" in queries.place_refused("南关区", both)
        assert queries.places_meant("没有区") == []
    finally:
        queries._divisions_by_code.cache_clear(), queries._codes_by_bare_name.cache_clear()
