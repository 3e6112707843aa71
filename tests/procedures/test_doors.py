"""A door is closed to nobody in particular: only a run of the system and a public act pass it without a user."""

from dataclasses import replace

import pytest

from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.closed import Unscoped
from jiuyuan.oversight.models import Parameter
from jiuyuan.procedures import engine
from jiuyuan.procedures.doors import in_sight, open_for_nobody
from jiuyuan.refusals import LoginNeeded
from tests.factories import a_case

pytestmark = pytest.mark.django_db


def test_without_a_user_rows_refuse_to_run_where_nobody_said_that_they_may():
    with pytest.raises(Unscoped):
        in_sight(Parameter, None).first()
    with open_for_nobody():
        assert in_sight(Parameter, None).first() is None
    with pytest.raises(Unscoped):
        in_sight(Parameter, None).first()


def test_what_is_public_in_another_regions_table_is_not_public_here(monkeypatch):
    case = a_case("submitted")
    elsewhere = [replace(one, public=True) for one in APPLICATION.of("").transitions if one.action == "accept"]
    monkeypatch.setattr(type(APPLICATION), "transitions", lambda _workflow, _action: elsewhere)
    with pytest.raises(LoginNeeded):
        engine.act(None, APPLICATION, case.number, "accept")
