"""`jiuyuan account`, `jiuyuan agency` and `jiuyuan token`, as whoever runs the installation types them."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from jiuyuan import cli, clock
from jiuyuan.agencies.models import Agency, SecondFactor, Token, User
from jiuyuan.agencies.roles import Role
from jiuyuan.agencies.second_factor import new_secret
from jiuyuan.commands import accounts
from jiuyuan.history.models import Entry
from tests import factories
from tests.api.program import Program
from tests.factories import COUNTY, PLATFORM, an_id_number

pytestmark = pytest.mark.django_db
NUMBER = an_id_number("1988-08-08", number=18)
CLERK = ("--name", "周红", "--role", "clerk", "--agency", PLATFORM)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a command with what is typed on standard input; gives its status and what it printed."""

    def run(*arguments, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = cli.main(list(arguments))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_an_account_is_added_and_its_first_password_printed_once(run, client):
    status, out, err = run("account", "add", "zhouhong", *CLERK, typed=f"{NUMBER}\n")
    assert (status, err) == (0, "")
    password = re.search(r"第一次登录的密码：(\S+?)（", out).group(1)
    client.post("/login/", {"username": "zhouhong", "password": password})
    assert client.get("/desk/")["Location"] == "/desk/account/password/"
    entry = Entry.objects.unscoped().get(file="account:zhouhong")
    assert entry.role == "operator"
    assert entry.actor.startswith("os:")
    assert NUMBER not in out + str(entry.payload)


def test_at_a_terminal_it_asks_for_what_was_not_given(capsys, monkeypatch):
    terminal = io.StringIO(f"clerk\n周红\n{PLATFORM}\n{NUMBER}\n")
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    assert cli.main(["account", "add", "zhouhong"]) == 0
    printed = capsys.readouterr()
    for question in ("角色（", "姓名：", "机构代码：", "持有人身份证号码："):
        assert question in printed.err
    assert User.objects.get(username="zhouhong").name == "周红"


def test_there_is_no_superuser_and_the_command_says_what_to_do_instead(run):
    with pytest.raises(CommandError, match="jiuyuan account add"):
        call_command("createsuperuser", interactive=False, username="root", name="某", role="province")


def test_what_is_wrong_is_said_on_standard_error_and_nothing_is_opened(run):
    status, out, err = run("account", "add", "周红", "--name", "周1", "--role", "reviewer", "--agency", PLATFORM)
    assert (status, out) == (1, "")
    for sentence in ("小写字母开头", "姓名中不能有“1”", "应在县（市、区）", "请填写身份证号码"):
        assert sentence in err
    assert not User.objects.exists()


def test_an_agency_that_is_not_there_is_said(run):
    status, _, err = run(
        "account", "add", "zhouhong", "--name", "周红", "--role", "clerk", "--agency", "1", typed=NUMBER
    )
    assert status == 1
    assert "没有代码为“1”的机构" in err


def test_a_day_that_is_none_starts_nothing(run):
    status, _, err = run("account", "add", "zhouhong", *CLERK, "--until", "明天", typed=NUMBER)
    assert status == 2
    assert "日期应写成" in err


def test_a_dated_account_and_a_second_one_of_its_holder_are_said(run):
    run("account", "add", "zhouhong", *CLERK, "--id-number", NUMBER)
    status, out, _ = run(
        "account", "add", "zhouhong2", "--name", "周红", "--role", "reviewer", "--agency", COUNTY, "--until", "2026-04-01",
        "--id-number", NUMBER,
    )  # fmt: skip
    assert status == 0
    assert "同一持有人还有账号 zhouhong" in out
    assert "有效到2026-04-01" in run("account", "list")[1]


def test_a_role_and_an_office_are_changed(run):
    clerk = factories.staff("clerk", username="zhouhong")
    assert run("account", "move", "zhouhong", "220102002")[0] == 0
    assert run("account", "role", "zhouhong", "reviewer")[0] == 1, "a reviewer sits at a county"
    assert run("account", "role", "zhouhong", "reviewer", "--agency", COUNTY)[0] == 0
    clerk.refresh_from_db()
    assert (clerk.role, clerk.agency.code) == ("reviewer", COUNTY)
    actions = list(Entry.objects.unscoped().filter(file=clerk.file).values_list("action", flat=True))
    assert actions == ["account_moved", "account_moved"]


def test_a_password_is_given_anew(run, client):
    factories.staff("clerk", username="zhouhong")
    status, out, _ = run("account", "password", "zhouhong")
    password = re.search(r"新密码：(\S+?)（", out).group(1)
    assert status == 0
    assert client.login(username="zhouhong", password=password)


def test_a_lost_second_factor_is_taken_away_with_a_reason(run):
    clerk = factories.staff("clerk", username="zhouhong")
    assert run("account", "second-factor", "zhouhong", "--reason", "手机丢了")[0] == 1, "there is none"
    SecondFactor.objects.create(user=clerk, kind="app", secret=new_secret(), added_at=clock.now())
    status, out, _ = run("account", "second-factor", "zhouhong", "--reason", "手机丢了")
    assert status == 0
    assert "已撤销" in out
    assert not clerk.second_factors.exists()


def test_a_closed_account_says_what_it_leaves_and_is_listed_no_more(run):
    clerk = factories.staff("clerk", username="zhouhong")
    case = factories.a_case("endorsed", clerk=clerk)
    status, out, _ = run("account", "close", "zhouhong", "--reason", "退休")
    assert status == 0
    assert case.number in out
    assert "没有基层经办人可以办事" in out
    assert "zhouhong" not in run("account", "list")[1]
    assert re.search(r"zhouhong\t.*已停用", run("account", "list", "--all")[1])
    assert run("account", "close", "zhouhong", "--reason", "退休")[0] == 1


def test_accounts_are_listed_by_office_and_applicants_never(run):
    factories.staff("clerk", username="zhouhong", id_index="")
    factories.staff("reviewer", at="220204", username="sunli")
    applicant = factories.an_account()
    out = run("account", "list")[1]
    assert re.search(r"zhouhong\t.*基层经办人\t南岭街道公共就业服务平台\t未登记持有人", out)
    assert "sunli" in out
    assert applicant.username not in out
    assert "sunli" not in run("account", "list", "--agency", "2201")[1]
    assert run("account", "list", "--agency", "x")[0] == 1


@pytest.mark.parametrize("action", [("password",), ("move", "220102002"), ("close", "--reason", "x")])
def test_an_applicants_account_is_none_of_these(run, action):
    applicant = factories.an_account()
    status, _, err = run("account", action[0], applicant.username, *action[1:])
    assert status == 1
    assert "没有" in err


def test_the_command_line_knows_the_roles_and_scopes_of_the_models():
    assert set(accounts.ROLES) == set(Role) - {Role.APPLICANT}
    assert {role: str(Role(role).label) for role in accounts.ROLES} == accounts.ROLES
    assert set(accounts.SCOPES) == set(Token.Scope.values)


def test_a_table_of_agencies_is_tried_and_taken_over(run, tmp_path):
    path = tmp_path / "机构.csv"
    path.write_text(
        f"机构代码,上级机构代码,机构名称,电话\n{PLATFORM},,南岭街道窗口,0431-1234567\n220102091,999,无上级,\n", "utf-8"
    )
    status, out, _ = run("agency", "import", str(path), "--dry-run")
    assert status == 1
    assert "没有改动任何记录：更新1行，不能用1行" in out
    assert "第3行（220102091 无上级）：没有代码为“999”的上级机构" in out
    assert Agency.objects.get(code=PLATFORM).name == "南岭街道公共就业服务平台"
    run("agency", "import", str(path))
    assert Agency.objects.get(code=PLATFORM).phone == "0431-1234567"
    assert Entry.objects.unscoped().get(file=f"agency:{PLATFORM}").role == "operator"


def test_a_table_that_is_not_there_starts_nothing(run, tmp_path):
    assert run("agency", "import", str(tmp_path / "none.csv"))[0] == 2


def test_a_token_is_narrowed_listed_and_taken_back(run):
    user = factories.staff("clerk", username="zhouhong")
    _, out, _ = run("token", "zhouhong", "--days", "30", "--scope", "read", "--label", "统计")
    token = out.removesuffix("\n")
    assert Program(token).get("/applications").status_code == 200
    kept = user.tokens.get()
    listed = run("token", "zhouhong", "--list")[1]
    assert re.search(rf"{kept.pk}\tread\t.*到期\t统计", listed)
    assert token not in listed
    assert run("token", "zhouhong", "--revoke", str(kept.pk))[1] == "收回了1个令牌。\n"
    assert Program(token).get("/applications").status_code == 401
    assert run("token", "zhouhong", "--revoke", str(kept.pk))[0] == 1
    actions = list(Entry.objects.unscoped().filter(file=user.file).values_list("action", flat=True))
    assert actions == ["token_issued", "token_revoked"]


def test_all_tokens_are_taken_back_at_once_also_of_a_closed_account(run):
    user = factories.staff("clerk", username="zhouhong")
    for _ in range(3):
        run("token", "zhouhong")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert run("token", "zhouhong", "--revoke", "all")[1] == "收回了3个令牌。\n"
    assert run("token", "zhouhong")[0] == 1


@pytest.mark.parametrize("days", ["367", "-1"])
def test_a_token_does_not_last_longer_than_a_year(run, days):
    factories.staff("clerk", username="zhouhong")
    status, out, err = run("token", "zhouhong", f"--days={days}")
    assert (status, out) == (1, "")
    assert "天数应为1到366" in err
