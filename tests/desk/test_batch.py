"""One act on many cases: a preview, the act, a result for each; several reported as one numbered batch."""

from jiuyuan.applications.models import Application, Batch
from tests import factories
from tests.desk.reading import links, rows, words

BATCH = "/desk/cases/batch/"


def states(*cases):
    return [Application.objects.unscoped().get(pk=case.pk).status for case in cases]


def chosen(*cases):
    return [f"{case.number}:{factories.again(case).version}" for case in cases]


def three_endorsed(clerk):
    cases = [factories.a_case("publishing", clerk=clerk) for _ in range(3)]
    factories.after_the_notice(cases[0])
    return [factories.act(clerk, case, "endorse") for case in cases]


def test_the_preview_shows_what_will_be_done_and_what_not(desk, clerk):
    able = factories.a_case("submitted", clerk=clerk)
    unable = factories.a_case("accepted", clerk=clerk)
    page = desk.get(BATCH, {"action": "accept", "numbers": [able.number, unable.number]})
    assert "受理1份申请" in words(page)
    assert "现在不能办的（1），不会动" in words(page)
    assert "现在是“已受理”，不能受理。" in words(page)
    assert states(able) == ["submitted"]


def test_a_whole_list_can_be_chosen_however_many_pages_it_has(desk, clerk):
    for _ in range(3):
        factories.a_case("submitted", clerk=clerk)
    page = desk.get("/desk/cases/", {"state": "submitted"})
    everything = next(url for url, text in links(page) if text == "批量受理全部3份")
    assert rows(desk.get(everything)) == 3


def test_accepting_many_gives_a_result_for_each_and_one_failure_holds_up_no_other(desk, clerk):
    first, second = (factories.a_case("submitted", clerk=clerk) for _ in range(2))
    picked = chosen(first, second)
    factories.act(clerk, second, "ask_correction")
    page = desk.post(BATCH, {"action": "accept", "chosen": picked})
    assert page.status_code == 422
    assert "受理：办成1份，没有办成1份" in words(page)
    assert "不能受理" in words(page)
    assert states(first, second) == ["accepted", "correction"]


def test_several_cases_are_reported_as_one_numbered_batch(desk, clerk):
    cases = three_endorsed(clerk)
    page = desk.post(BATCH, {"action": "report", "chosen": chosen(*cases[:2])})
    batch = Batch.objects.unscoped().get()
    assert page.status_code == 200
    assert f"批次 {batch.number}" in words(page)
    assert states(*cases) == ["reported", "reported", "endorsed"]
    assert {case.batch_id for case in map(factories.again, cases[:2])} == {batch.pk}


def test_a_batch_is_reported_together_or_not_at_all(desk, clerk):
    cases = three_endorsed(clerk)
    picked = chosen(*cases)
    factories.act(clerk, cases[1], "withdraw")
    page = desk.post(BATCH, {"action": "report", "chosen": picked})
    assert "没有上报" in words(page)
    assert states(*cases) == ["endorsed", "withdrawn", "endorsed"]
    assert not Batch.objects.unscoped().exists()


def test_nothing_chosen_changes_nothing_and_says_so(desk, clerk):
    for action in ("accept", "report"):
        page = desk.post(BATCH, {"action": action})
        assert page.status_code == 422
        assert "没有勾选申请，什么也没有改动。" in words(page)


def test_other_roles_other_acts_and_other_areas_get_nowhere(log_in, desk, clerk, reviewer, elsewhere):
    case = factories.a_case("submitted", clerk=clerk)
    assert log_in(reviewer).get(BATCH, {"action": "accept"}).status_code == 403
    assert desk.get(BATCH, {"action": "recognise"}).status_code == 404
    assert desk.get(BATCH).status_code == 404
    other = log_in(elsewhere)
    assert case.number not in words(other.get(BATCH, {"action": "accept", "numbers": [case.number]}))
    result = other.post(BATCH, {"action": "accept", "chosen": chosen(case)})
    assert case.person.name not in words(result)
    assert states(case) == ["submitted"]


def test_the_reviewer_takes_up_the_queue_by_batch(log_in, desk, clerk, reviewer):
    cases = three_endorsed(clerk)
    desk.post(BATCH, {"action": "report", "chosen": chosen(*cases[:2])})
    desk.post(BATCH, {"action": "report", "chosen": chosen(cases[2])})
    page = log_in(reviewer).get("/desk/batches/")
    waiting = [url for url, text in links(page) if "份" in text]
    assert [rows(log_in(reviewer).get(url)) for url in waiting] == [1, 2]
    factories.act(reviewer, cases[2], "recognise")
    assert "已复核完" in words(log_in(reviewer).get("/desk/batches/"))


def test_no_batches_says_what_to_do(desk, log_in, reviewer):
    assert "勾选几份，一起汇总上报" in words(desk.get("/desk/batches/"))
    assert "会按批次出现在这里" in words(log_in(reviewer).get("/desk/batches/"))
