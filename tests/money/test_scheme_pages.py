"""The public page of a scheme is its file in plain words: every amount and every term, and another file is another page."""

import re
from dataclasses import replace
from datetime import date

import pytest

from jiuyuan import clock
from jiuyuan.money import scheme_pages
from jiuyuan.money.scheme_pages import pages, recognition_page, scheme_page
from jiuyuan.regions import registry
from jiuyuan.rules.scheme import Amount, Term

DAY = date(2026, 3, 2)
SCHEMES = registry.schemes_of("", DAY)
LIMITS = {"recognition_working_days": "{days}个工作日办完", "notice_working_days": "公示{days}个工作日"}


def _lines(page):
    return "\n".join(
        (
            *page.all_of,
            *page.one_of,
            *page.none_of,
            *page.how_much,
            *page.how,
            *page.papers,
            *page.how_long,
            *page.unknown,
        )
    )


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.code)
def test_what_no_source_says_is_named_once(scheme):
    unknown = scheme_page(scheme, DAY, {}).unknown
    assert [one for one in unknown for other in unknown if one != other and one in other] == []


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.code)
def test_every_amount_and_term_of_the_file_stands_on_the_page(client, scheme):
    assert clock.today() == DAY
    html = client.get(f"/schemes/{scheme.code}/").content.decode()
    for amount in scheme.amounts_on(DAY):
        assert amount.label in html
        if amount.value is not None:
            assert f"{amount.label}{amount.value}{amount.unit}" in html
            assert amount.source in html
    if scheme.term:
        assert f"最多{scheme.term.policy_months}个月" in html
        assert f"不到{scheme.term.extension_years}年" in html
        assert scheme.term.source in html
    for clause in (*scheme.base, *scheme.who, *scheme.exclusions):
        assert clause.title in html
    for words in (scheme.plain, scheme.document, *scheme.unpublished, *(one.label for one in scheme.materials)):
        assert words in html


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.code)
def test_every_amount_and_term_on_the_page_stands_in_the_file(scheme):
    page = scheme_page(scheme, DAY, {one.code: one.title for one in SCHEMES})
    said = [
        scheme.plain,
        scheme.window,
        scheme.publicity,
        scheme.document,
        *(clause.title for clause in scheme.rules.clauses),
    ]
    said += [
        f"{one.label}{one.value}{one.unit}（{one.source}）" for one in scheme.amounts_on(DAY) if one.value is not None
    ]
    if scheme.term:
        said += [f"{scheme.term.policy_months}个月", f"{scheme.term.extension_years}年", scheme.term.source]
    if scheme.until:
        said += [f"{scheme.until.year}年", f"{scheme.until.month}月", f"{scheme.until.day}日"]
    in_file = set(_figures("\n".join(said)))
    assert set(_figures("\n".join((page.plain, _lines(page))))) <= in_file


def _figures(text):
    """Each number with what follows it: 36个, 20000元, 2/3."""
    return re.findall(r"\d+(?:/\d+)?[^\d\s/，。（）]?", text)


def test_a_page_says_nothing_of_amounts_that_the_file_does_not_and_changes_with_it():
    scheme = next(one for one in SCHEMES if one.term)
    before = scheme_page(scheme, DAY, {})
    changed = replace(
        scheme,
        term=Term(24, 3, "另一份文件", "M"),
        amounts=(Amount("每月", 321, "另一份文件", "M"),),
        plain="另一句话。",
    )
    after = scheme_page(changed, DAY, {})
    assert "最多36个月" in _lines(before)
    assert "最多36个月" not in _lines(after)
    assert "最多24个月" in _lines(after)
    assert "每月321元（另一份文件）" in after.how_much
    assert after.plain == "另一句话。"
    later = replace(scheme, amounts=(Amount("每月", 321, "另一份文件", "M", since=date(2027, 1, 1)),))
    assert "321" not in _lines(scheme_page(later, DAY, {}))


@pytest.mark.django_db
def test_recognition_has_a_page_from_the_policy_file_and_the_start_page_leads_there(client, monkeypatch):
    rules = registry.policy_of("", DAY)
    html = client.get("/schemes/recognition/").content.decode()
    for clause in (*rules.base, *rules.exclusions):
        assert (clause.plain or clause.title) in html
    for category in rules.categories:
        assert category.plain in html
    for name, words in LIMITS.items():
        assert words.format(days=registry.home().limit(name, on=DAY)) in html
    listed = client.get("/schemes/").content.decode()
    assert all(page.title in listed for page in pages(DAY))
    assert 'href="/schemes/"' in client.get("/").content.decode()
    assert client.get("/schemes/nothing/").status_code == 404
    monkeypatch.setattr(scheme_pages.registry, "schemes_of", lambda path, day: SCHEMES[:1])
    assert [page.code for page in pages(DAY)] == ["recognition", SCHEMES[0].code]


def test_every_limit_on_the_page_of_recognition_is_one_of_the_policy_file_and_another_file_is_another_page():
    rules, home = registry.policy_of("", DAY), registry.home()
    in_force = {name: home.limit(name, on=DAY) for name in LIMITS}
    said = re.findall(r"(\d+)个工作日", _lines(recognition_page(rules, home, DAY)))
    assert set(map(int, said)) == set(in_force.values())
    longer = [replace(one, figure=replace(one.figure, value=one.figure.value + 20)) for one in home.limits()]
    after = recognition_page(rules, replace(home, limits=lambda: longer), DAY).how_long
    for name, words in LIMITS.items():
        assert any(words.format(days=in_force[name] + 20) in line for line in after)
        assert not any(words.format(days=in_force[name]) in line for line in after)
