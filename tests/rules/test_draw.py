"""A draw that anybody can repeat: the same cases whatever the order, more of them where more are wanted, and every change is seen."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuyuan import cli
from jiuyuan.rules import draw

POPULATIONS = st.dictionaries(
    st.text("0123456789abcdef", min_size=4, max_size=8), st.sampled_from("abc"), min_size=1, max_size=40
)


@settings(max_examples=60, deadline=None)
@given(POPULATIONS, st.text("0123456789abcdef", min_size=1, max_size=8), st.integers(1, 40), st.integers(1, 40))
def test_a_larger_draw_keeps_the_smaller_and_gives_every_stratum_its_share(population, seal, one, other):
    less, more = sorted((min(one, len(population)), min(other, len(population))))
    smaller, larger = draw.drawn(population, seal, less), draw.drawn(population, seal, more)
    assert larger[:less] == smaller
    assert len(set(larger)) == more
    assert draw.drawn(dict(reversed(population.items())), seal, more) == larger
    sizes, taken = Counter(population.values()), Counter(population[key] for key in larger)
    if more >= len(sizes):
        assert set(taken) == set(sizes)
    # Nobody is more than one case ahead of another stratum of its size.
    assert all(taken[a] <= taken[b] + 1 for a in sizes for b in sizes if sizes[a] == sizes[b])


@settings(max_examples=40, deadline=None)
@given(POPULATIONS, st.text("0123456789abcdef", min_size=1, max_size=8))
def test_a_population_with_one_case_more_or_less_or_in_another_stratum_has_another_digest(population, key):
    before = draw.digest_of(population)
    assert draw.digest_of({**population, key: "d"}) != before
    left = dict(population)
    left.popitem()
    assert draw.digest_of(left) != before


def test_a_rate_is_rounded_up():
    assert [draw.size_at(rate, count) for rate, count in ((5, 100), (5, 101), (1, 3), (100, 7))] == [5, 6, 1, 7]


@pytest.fixture
def certificate():
    population = {f"{number:04x}": "ab"[number % 2] for number in range(50)}
    return json.loads(draw.certificate({"number": 1}, population, draw.digest_of(population), "f" * 64, 6))


def _told(tmp_path, capsys, content, *more):
    file = tmp_path / "certificate.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    status = cli.main(["draw", str(file), *more])
    out = capsys.readouterr()
    return status, out.out, out.err


def test_the_command_prints_the_same_list_or_says_what_differs(certificate, tmp_path, capsys):
    ledger = tmp_path / "digests.jsonl"
    ledger.write_text('half\n{"hash": "' + "f" * 64 + '"}\n')
    same = _told(tmp_path, capsys, certificate, "--ledger", str(ledger))
    assert same == (0, "\n".join(certificate["drawn"]) + "\n", "")

    added = {**certificate, "population": {**certificate["population"], "9999": "a"}}
    status, out, err = _told(tmp_path, capsys, added)
    assert (status, out) == (1, "")
    assert "总体与封存时不一样：现在有51件" in err

    beside = next(key for key in certificate["population"] if key not in certificate["drawn"])
    status, _, err = _told(tmp_path, capsys, {**certificate, "drawn": [*certificate["drawn"][1:], beside]})
    assert status == 1
    assert f"应该抽到而证书里没有的：{certificate['drawn'][0]}" in err
    assert f"证书里有而不该抽到的：{beside}" in err
    status, _, err = _told(tmp_path, capsys, {**certificate, "drawn": certificate["drawn"][::-1]})
    assert (status, err) == (1, "抽到的是同样的案件，但是顺序不对。\n")

    ledger.write_text("")
    status, _, err = _told(tmp_path, capsys, certificate, "--ledger", str(ledger))
    assert status == 1
    assert "不在另处留存的文件里" in err


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": "jiuyuan.draw.1", "population": []}',
        "\x00\ud800"[:1],
        "[" * 100_000,
        '{"size": 1, "size": 2}',
    ],
    ids=["empty", "list", "object", "half", "no json", "deep", "a name twice"],
)
def test_what_is_no_certificate_is_said_to_be_none(content, tmp_path, capsys):
    status, out, err = _told(tmp_path, capsys, content)
    assert (status, out) == (2, "")
    assert "抽查证书" in err
    assert cli.main(["draw", str(tmp_path / "nowhere.json")]) == 2


def test_a_garbled_line_of_the_ledger_ends_no_comparison(certificate):
    lines = iter(["[" * 100_000 + "\n", "{\n", json.dumps({"hash": certificate["seal"]})])
    assert draw.in_ledger(lines, certificate["seal"])
