"""The rule commands as a program at the other end of a pipe sees them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jiuyuan import cli
from jiuyuan.commands import json_lines

JIUYUAN = [sys.executable, "-m", "jiuyuan"]
GOOD = {"as_of": "2026-03-02", "birth_date": "1985-03-02", "sex": "female"}


def jiuyuan(*arguments, given="", **environment):
    data = given if isinstance(given, bytes) else given.encode()
    return subprocess.run(
        [*JIUYUAN, *arguments], input=data, capture_output=True, check=False, env={**os.environ, **environment}
    )


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_decide_answers_every_line_in_its_place():
    result = jiuyuan("decide", given="".join(json.dumps({**GOOD, "id": f"a{n}"}) + "\n" for n in range(1000)))
    assert (result.returncode, result.stderr) == (0, b"")
    answers = lines(result)
    assert [answer["id"] for answer in answers] == [f"a{n}" for n in range(1000)]
    assert list(answers[0]) == [
        "id", "outcome", "categories", "possible_categories", "exclusions", "missing", "policy", "clauses",
    ]  # fmt: skip
    assert list(answers[0]["clauses"][0]) == ["clause", "code", "status", "reason", "facts"]
    assert answers[0]["policy"] == "jilin-2022-10"


def test_exits_answers_likewise():
    result = jiuyuan("exits", given=json.dumps({**GOOD, "id": "a1", "imprisoned": True}))
    [answer] = lines(result)
    assert list(answer) == ["id", "exit", "grounds", "possible_grounds", "signals", "clauses"]
    assert (answer["exit"], answer["grounds"], len(answer["clauses"])) == (True, ["imprisoned"], 7)


def test_a_bad_line_gets_its_error_in_its_place_and_the_rest_is_answered():
    given = "\n".join([
        json.dumps({**GOOD, "id": "a"}), "{", json.dumps({**GOOD, "id": "c", "sxe": "male"}), "", "[]", '{"id": "f", "as_of": NaN}',
        json.dumps({**GOOD, "id": 7}), json.dumps({**GOOD, "id": "h"}), "", "",
    ])  # fmt: skip
    result = jiuyuan("decide", given=given)
    assert result.returncode == 1
    answers = lines(result)
    assert [answer.get("line") for answer in answers] == [None, 2, 3, 4, 5, 6, 7, None]
    assert [answer["id"] for answer in answers] == ["a", None, "c", None, None, None, 7, "h"]
    assert answers[2] == {"line": 3, "id": "c", "error": "没有名为“sxe”的字段，是不是性别（sex）？"}
    assert all(list(answer) == ["line", "id", "error"] for answer in answers if "line" in answer)


@pytest.mark.parametrize("command", ["decide", "exits"])
def test_a_name_that_stands_twice_in_a_line_is_a_fault_that_names_it(command):
    given = "\n".join([
        '{"as_of": "2026-03-02", "id": "a", "in_labour_relationship": true, "in_labour_relationship": false}',
        '{"as_of": "2026-03-02", "as_of": "2027-03-02", "id": "b", "sex": null}',
        '{"as_of": "2026-03-02", "id": "c", "other_exclusion": "第一:其他"}',
    ])  # fmt: skip
    result = jiuyuan(command, given=given)
    assert result.returncode == 1
    first, second, third = lines(result)
    assert first == {"line": 1, "id": "a", "error": "字段“in_labour_relationship”在这一行写了不止一次，请只留一个"}
    assert (second["line"], second["id"]) == (2, "b")
    assert "as_of" in second["error"]
    assert "error" not in third


def test_a_number_of_thousands_of_digits_is_a_fault_in_plain_words():
    [answer] = lines(jiuyuan("decide", given='{"as_of": "2026-03-02", "monthly_income": ' + "9" * 5000 + "}\n"))
    assert answer["error"] == "这一行里有一个数太长，请核对"


def test_wrong_encodings_deep_nesting_and_half_characters_stop_nothing():
    given = b"\xef\xbb\xbf" + json.dumps({**GOOD, "id": "a"}).encode() + b"\n"
    given += '{"as_of": "2026-03-02", "id": "张"}\n'.encode("gb18030")
    given += b"[" * 100_000 + b"\n" + b'{"as_of": "2026-03-02", "id": "\\ud800"}\r\n'
    result = jiuyuan("decide", given=given)
    answers = lines(result)
    assert result.returncode == 1
    assert [answer["id"] for answer in answers] == ["a", None, None, "\ud800"]
    assert "UTF-8" in answers[1]["error"]


def test_a_file_is_read_and_a_missing_one_cannot_start(tmp_path):
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps(GOOD), "utf-8")
    assert jiuyuan("decide", str(file)).returncode == 0
    result = jiuyuan("decide", str(tmp_path / "none.jsonl"))
    assert (result.returncode, result.stdout) == (2, b"")
    assert "没有这个文件" in result.stderr.decode()
    assert "文件夹" in jiuyuan("decide", str(tmp_path)).stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["decide", "--nope"], "没有这个选项：--nope"),
        (["decide", "--policy", "nope"], "没有代号为“nope”的政策"),
        (["decide", "--policy"], "选项 --policy 后面要写一个值"),
        (["nope"], "不能是 'nope'"),
        ([], "还缺少：命令"),
        (["workdays", "2026-02-30", "3"], "2026-02-30 不是日历上有的日子"),
        (["workdays", "2026-02-03", "-3"], ""),
        (["workdays", "2026-02-03", "x"], "“x”应为不小于0的整数"),
        (["workdays", "9999-12-31", "3"], "9999年"),
        (["retirement", "--born", "1965-01-01"], "还缺少：--track"),
        (["retirement", "--born", "1965-01-01", "--track", "male"], "--track 不能是 'male'"),
    ],
)
def test_a_command_that_cannot_start_says_why_in_chinese_and_exits_with_2(arguments, says, capsys):
    assert cli.main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert says in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("arguments", "prints"),
    [
        (["workdays", "2026-09-25", "10"], "2026-10-15\n"),
        (["workdays", "2026-10-01", "1"], "2026-10-08\n"),
        (["retirement", "--born", "1965-01-01", "--track", "male_60"], "60 years 1 month, 2025-02-01\n"),
        (["retirement", "--born", "1966-06-01", "--track", "male_60"], "60 years 5 months, 2026-11-01\n"),
        (["retirement", "--born", "1960-05-05", "--track", "male_60"], "60 years, 2020-05-05\n"),
    ],
)
def test_workdays_and_retirement_print_one_line(arguments, prints, capsys):
    assert cli.main(arguments) == 0
    assert capsys.readouterr() == (prints, "")


def test_a_provisional_day_stands_alone_on_standard_output_and_says_so_on_standard_error(capsys):
    assert cli.main(["workdays", "2026-12-30", "3"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "2027-01-05\n"
    assert "暂定" in printed.err
    assert "2027年" in printed.err


def test_the_administrator_s_holidays_are_taken_from_the_data_folder(tmp_path):
    (tmp_path / "holidays.toml").write_text(
        '[2027]\nsource = "通知"\nholidays = [2027-01-04]\nworkdays = []\n', "utf-8"
    )
    result = jiuyuan("workdays", "2026-12-31", "1", JIUYUAN_DATA=str(tmp_path))
    assert (result.stdout, result.stderr) == (b"2027-01-01\n", b"")
    (tmp_path / "holidays.toml").write_text("[2027", "utf-8")
    assert jiuyuan("workdays", "2026-12-31", "1", JIUYUAN_DATA=str(tmp_path)).returncode == 2


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    file = tmp_path / "people.jsonl"
    file.write_text((json.dumps(GOOD) + "\n") * 3000, "utf-8")
    process = subprocess.Popen([*JIUYUAN, "decide", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert (process.wait(timeout=60), process.stderr.read()) == (0, b"")
    process.stderr.close()


def test_a_program_at_the_other_end_is_answered_line_by_line():
    process = subprocess.Popen([*JIUYUAN, "decide"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in range(3):
        process.stdin.write(json.dumps({**GOOD, "id": str(number)}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == str(number)
    process.stdin.close()
    assert process.wait(timeout=60) == 0
    process.stdout.close()


def test_memory_does_not_grow_with_the_input():
    script = (
        "import sys,resource;from jiuyuan import cli;"
        "status=cli.main(['decide','-']);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,file=sys.stderr);sys.exit(status)"
    )

    def peak(count):
        process = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        line = json.dumps(GOOD).encode() + b"\n"
        for _ in range(count // 1000):
            process.stdin.write(line * 1000)
        process.stdin.close()
        used = int(process.stderr.read())
        process.stderr.close()
        assert process.wait(timeout=120) == 0
        return used

    assert peak(40_000) < peak(2_000) * 1.15


def test_no_command_of_the_rules_needs_django():
    check = "import sys; from jiuyuan import cli; cli.main(['workdays','2026-03-02','1']); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, check=False).returncode == 0


def test_another_region_s_policy_is_named_by_its_file():
    example = Path(__file__).parents[2] / "docs" / "examples" / "shanghai_2009.py"
    result = jiuyuan("decide", "--policy", str(example), given='{"as_of": "2026-03-02", "special_hardship": true}')
    assert lines(result)[0]["policy"] == "shanghai-2009"


def test_the_names_of_a_line_are_counted_once_however_many_there_are():
    many = [(str(number), None) for number in range(40_000)]
    began = time.process_time()
    assert json_lines._Object([*many, ("7", None), ("3", None), ("7", None)]).twice == ["3", "7"]
    assert time.process_time() - began < 2
