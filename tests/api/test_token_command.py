"""`jiuyuan token USERNAME` prints a token and nothing else."""

import pytest

from jiuyuan import cli
from tests.api.program import Program
from tests.factories import an_account, staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("account", [staff, an_account, lambda: an_account("channel")])
def test_it_prints_a_token_that_works_for_any_account(capsys, account):
    user = account()
    assert cli.main(["token", user.username]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert Program(printed.out.removesuffix("\n")).get("/applications").status_code == 200


@pytest.mark.parametrize("known", [True, False])
def test_an_account_that_is_not_there_or_closed_is_said_on_standard_error(capsys, known):
    if known:
        staff("clerk", username="somebody", is_active=False)
    assert cli.main(["token", "somebody"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "没有“somebody”这个账号" in printed.err
