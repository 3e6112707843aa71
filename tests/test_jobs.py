"""Jobs: one at a time about a thing, claimed by one worker, taken over after a kill, tried again, seen by whoever may."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jiuyuan.refusals import BadInput, Conflict, NotForRole, NotFound, WrongState
from jiuyuan.worker import leases, loop, queue, registry
from jiuyuan.worker.kinds import JobKind, Lane
from jiuyuan.worker.models import Job
from tests.factories import OTHER_COUNTY, staff
from tests.jobs import fell_silent, work

pytestmark = pytest.mark.django_db
KIND = JobKind.SCREEN_LIST


@pytest.fixture
def handled_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets jobs of one kind be done by a function of the test."""

    def set_to(do: Callable[[Job], object], **more: Any) -> None:
        handler = registry.JobHandler(KIND, do, Lane.LISTS, **more)
        monkeypatch.setattr(loop, "handlers", lambda: {KIND: handler})

    return set_to


def the_job() -> Job:
    return Job.objects.unscoped().get(kind=KIND)


def ordered(key: str = "1", **more: Any) -> Job:
    queue.order(KIND, key, **more)
    return the_job()


def due_now() -> None:
    Job.objects.unscoped().update(due_at=timezone.now())


def test_a_thing_ordered_twice_is_done_once_and_may_be_ordered_again_afterwards(handled_by: Any) -> None:
    done: list[str] = []
    handled_by(lambda job: done.append(job.key))
    ordered("7")
    ordered("7")
    assert (work(KIND), work(KIND), done) == (1, 0, ["7"])
    ordered_again = queue.latest(KIND, "7")
    assert ordered_again and ordered_again.state == Job.State.DONE
    queue.order(KIND, "7")
    assert (work(KIND), done) == (1, ["7", "7"])
    assert Job.objects.unscoped().count() == 1, "the last of each thing stays"


def test_a_job_of_an_act_that_fails_was_never_ordered() -> None:
    with transaction.atomic():
        queue.order(KIND, "1")
        transaction.set_rollback(True)
    assert not Job.objects.unscoped().exists()


def test_a_job_that_somebody_does_is_left_alone_until_he_falls_silent() -> None:
    ordered()
    first = leases.claim([KIND], "first")
    assert first and first.state == Job.State.RUNNING
    assert leases.claim([KIND], "second") is None
    fell_silent()
    assert the_job().state == Job.State.SILENT
    second = leases.claim([KIND], "second")
    assert second and second.claim == "second"
    with pytest.raises(leases.Lost):
        leases.beat(first, 1)
    leases.finish(second)
    assert the_job().state == Job.State.DONE


def test_two_workers_that_read_the_same_job_do_not_both_get_it() -> None:
    seen_by_one, seen_by_other = ordered(), the_job()
    assert leases.take(seen_by_one, "one")
    assert not leases.take(seen_by_other, "other")
    assert the_job().claim == "one"


def test_a_worker_that_lost_its_job_neither_finishes_nor_fails_it(handled_by: Any) -> None:
    def taken_over_meanwhile(job: Job) -> None:
        fell_silent()
        assert leases.claim([KIND], "second")
        leases.beat(job, 1)

    handled_by(taken_over_meanwhile)
    ordered()
    assert work(KIND) == 0
    assert (the_job().claim, the_job().state) == ("second", Job.State.RUNNING)


def test_a_worker_that_lost_its_job_without_noticing_does_not_end_it_for_the_other(handled_by: Any) -> None:
    def taken_over_meanwhile(job: Job) -> None:
        fell_silent()
        assert leases.claim([KIND], "second")

    handled_by(taken_over_meanwhile)
    ordered()
    work(KIND)
    assert (the_job().claim, the_job().state) == ("second", Job.State.RUNNING)


def test_a_job_killed_while_it_runs_is_done_by_the_next_worker(handled_by: Any) -> None:
    def killed(job: Job) -> None:
        leases.beat(job, 3, 10)
        raise KeyboardInterrupt

    handled_by(killed)
    ordered()
    with pytest.raises(KeyboardInterrupt):
        work(KIND)
    handled_by(lambda job: leases.beat(job, 10, 10))
    assert work(KIND) == 0, "it may still be running"
    fell_silent()
    assert work(KIND) == 1
    assert (the_job().done, the_job().total, the_job().state) == (10, 10, Job.State.DONE)


def test_what_failed_waits_longer_each_time_and_then_for_somebody(handled_by: Any, caplog: Any) -> None:
    def fails(job: Job) -> None:
        raise ValueError("身份证号码220102198005060012")

    handled_by(fails)
    ordered()
    waits = []
    for _ in range(leases.MOST_TRIES):
        before = timezone.now()
        assert work(KIND) == 0
        waits.append(the_job().due_at - before)
        due_now()
    assert timedelta(seconds=9) < waits[0] < waits[1] < waits[5] <= timedelta(hours=1, seconds=5)
    job = the_job()
    assert job.state == Job.State.FAILED
    assert "ValueError" in job.failure
    assert "2201" not in job.failure, "the text of an error may hold personal data"
    assert work(KIND) == 0


def test_progress_wipes_out_the_tries_before_it(handled_by: Any) -> None:
    def some_then_fails(job: Job) -> None:
        leases.beat(job, job.done + 1)
        raise BadInput("磁盘满了。")

    handled_by(some_then_fails)
    ordered()
    for _ in range(3):
        work(KIND)
        due_now()
    assert (the_job().tries, the_job().done, the_job().failure) == (1, 3, "磁盘满了。")


def test_a_job_that_fails_holds_up_no_other(handled_by: Any) -> None:
    def fails_for_one(job: Job) -> None:
        if job.key == "1":
            raise ValueError

    handled_by(fails_for_one)
    queue.order(KIND, "1")
    queue.order(KIND, "2")
    assert work(KIND) == 1
    assert queue.latest(KIND, "1").state == Job.State.AGAIN  # type: ignore[union-attr]


def test_what_must_wait_for_something_else_has_not_failed(handled_by: Any) -> None:
    def not_yet(job: Job) -> None:
        raise loop.NotYet

    handled_by(not_yet)
    ordered()
    assert work(KIND) == 0
    assert (the_job().state, the_job().tries) == (Job.State.WAITING, 0)


def test_what_comes_up_by_itself_comes_once_a_while_and_only_where_there_is_something(handled_by: Any) -> None:
    done: list[str] = []
    there: list[int] = []
    handled_by(lambda job: done.append(job.key), every=timedelta(hours=1), when=lambda: bool(there))
    assert work(KIND) == 0
    there.append(1)
    assert (work(KIND), work(KIND)) == (1, 0)
    Job.objects.unscoped().update(beat_at=timezone.now() - timedelta(hours=2))
    assert work(KIND) == 1
    assert Job.objects.unscoped().count() == 1


def test_every_kind_is_done_in_one_place_and_a_wrong_name_is_an_error_of_the_system() -> None:
    assert registry.check() == []
    nobody = list(registry.faults([registry.JobHandler("scren_list", print, Lane.LISTS)]))
    assert any("'scren_list' is no kind" in fault for fault in nobody)
    assert any("'screen_list' is done nowhere" in fault for fault in nobody)
    twice = [registry.JobHandler(KIND, print, Lane.LISTS)] * 2
    assert any("2 places" in fault for fault in registry.faults(twice))


def failed(area: str) -> Job:
    job = ordered(area=area, about="第1份")
    Job.objects.unscoped().update(failure="没有证书。", finished_at=timezone.now())
    return job


def test_whoever_sees_the_area_sees_its_jobs_and_lets_them_be_tried_again(log_in: Any, handled_by: Any) -> None:
    reviewer = staff("reviewer")
    job = failed(reviewer.area)
    for user in (reviewer, staff("supervisor"), staff("province")):
        page = log_in(user).get("/desk/jobs/?state=trouble").content.decode()
        assert "没有证书。" in page
        assert "马上再试" in page
    assert (
        "没有证书。" not in log_in(staff("reviewer", at=OTHER_COUNTY)).get("/desk/jobs/?state=trouble").content.decode()
    )
    with pytest.raises(NotFound):
        queue.retry(staff("reviewer", at=OTHER_COUNTY), job.pk)
    with pytest.raises(NotForRole):
        queue.retry(staff("clerk"), job.pk)
    assert log_in(reviewer).post(f"/desk/jobs/{job.pk}/retry/").status_code == 302
    done: list[str] = []
    handled_by(lambda job: done.append(job.key))
    assert (work(KIND), done) == (1, ["1"])
    with pytest.raises(WrongState):
        queue.retry(reviewer, job.pk)


def test_what_failed_is_not_tried_again_beside_an_open_job_about_the_same() -> None:
    reviewer = staff("reviewer")
    job = failed(reviewer.area)
    queue.order(KIND, "1", area=reviewer.area)
    with pytest.raises(Conflict):
        queue.retry(reviewer, job.pk)


def test_jobs_of_the_whole_installation_are_seen_by_the_province_alone() -> None:
    ordered()
    assert queue.listed(staff("province")).exists()
    assert not queue.listed(staff("supervisor")).exists()


def test_the_command_line_lists_and_tries_again(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jiuyuan.cli import main

    job = failed(staff("reviewer").area)
    assert main(["worker", "list"]) == 0
    assert "没有证书。" in capsys.readouterr().out
    assert main(["worker", "retry", str(job.pk)]) == 0
    assert "1 个" in capsys.readouterr().out
    assert the_job().state == Job.State.AGAIN
    assert main(["worker", "retry", "999999"]) == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_each_job_is_done_by_one(handled_by: Any) -> None:
    done: list[str] = []
    handled_by(lambda job: done.append(job.key))
    for key in range(12):
        queue.order(KIND, key)

    def one_worker(name: str) -> None:
        loop.run_waiting(KIND, worker=name)
        connection.close()

    workers = [threading.Thread(target=one_worker, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(map(int, done)) == list(range(12))
