"""The night as a job: ordered on the page, done by the worker, taken up after a kill, taken over by the command line."""

from typing import Any

import pytest

from jiuyuan import demonstration_progress
from jiuyuan.applications import nightly, nightly_orders
from jiuyuan.cli import main
from jiuyuan.recognitions.models import NightlyRun
from jiuyuan.refusals import Conflict, NotForRole
from jiuyuan.worker.models import Job
from tests.factories import staff
from tests.jobs import fell_silent, work

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    pass


@pytest.fixture
def province(log_in: Any) -> Any:
    return log_in(staff("province", name="省厅"))


def page(province: Any) -> str:
    return str(province.get("/desk/nightly/").content.decode())


def test_the_page_orders_the_night_and_the_worker_does_it(province: Any) -> None:
    assert "现在核查" in page(province)
    province.post("/desk/nightly/start/")
    assert "等后台程序开始" in page(province)
    with pytest.raises(Conflict):
        nightly_orders.order(staff("province"))
    assert work("nightly") == 1
    run = NightlyRun.objects.get()
    assert (run.finished_at is not None, run.ordered_by_name) == (True, "省厅")
    assert "再核查一遍" in page(province)


def test_only_the_province_orders_the_night() -> None:
    with pytest.raises(NotForRole):
        nightly_orders.order(staff("supervisor"))


def test_a_night_killed_half_way_is_said_so_and_goes_on(province: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nightly_orders.order(staff("province"))
    with monkeypatch.context() as patch:
        patch.setattr(nightly, "firm_up_due_dates", lambda day: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            work("nightly")
    assert "正在更新暂定期限" in page(province)
    fell_silent()
    assert "今天的核查中断了" in page(province)
    assert work("nightly") == 1
    assert NightlyRun.objects.get().finished_at is not None


def test_the_command_line_takes_the_night_over_from_a_worker_that_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    nightly_orders.order(staff("province"))
    with monkeypatch.context() as patch:
        patch.setattr(nightly, "firm_up_due_dates", lambda day: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            work("nightly")
    assert main(["nightly"]) == 0
    assert Job.objects.unscoped().get(kind="nightly").state == Job.State.DONE
    assert work("nightly") == 0


def test_no_night_starts_while_a_demonstration_is_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    nightly_orders.order(staff("province"))
    with monkeypatch.context() as patch:
        patch.setattr(demonstration_progress, "progress", lambda installation: demonstration_progress.Progress(1, 2))
        assert work("nightly") == 0
    assert not NightlyRun.objects.exists()
    assert Job.objects.unscoped().get(kind="nightly").state == Job.State.WAITING
