"""A second database for lists: what is read from it, and what never is."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connections, router
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from jiuyuan import replica
from jiuyuan.desk.urls import urlpatterns
from jiuyuan.operations import checks
from jiuyuan.operations.checks import Level
from jiuyuan.replica import ACTED_COOKIE, LISTS, Replica, ReplicaMiddleware, Router

View = Callable[..., Any]


@pytest.fixture(autouse=True)
def routed(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A replica that follows, until a test says otherwise."""
    fake = SimpleNamespace(usable=lambda: True, was_lost=False)
    fake.lost = lambda: setattr(fake, "was_lost", True)
    monkeypatch.setattr(replica, "replica", fake)
    monkeypatch.setattr(router, "routers", [Router()])
    return fake


def asked_for(name: str, view: View, *, method: str = "GET", **cookies: str) -> Any:
    """The answer of a page, as Django asks for it."""
    request: Any = RequestFactory().generic(method, "/")
    request.COOKIES |= cookies
    request.resolver_match = SimpleNamespace(view_name=name, func=view, args=(), kwargs={})

    def handled(request: HttpRequest) -> Any:
        middleware.process_view(request, view, (), {})
        try:
            return view(request)
        except OperationalError as error:
            if (answer := middleware.process_exception(request, error)) is None:
                raise
            return answer

    middleware = ReplicaMiddleware(handled)
    return middleware(request)


def which(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{router.db_for_read(None)} {router.db_for_write(None)}")


def test_list_is_read_from_the_second_database_and_written_to_the_first() -> None:
    assert asked_for("desk:register", which).content == b"replica default"
    assert router.db_for_read(None) == "default"  # once the page is made


@pytest.mark.parametrize(("name", "method"), [("desk:case", "GET"), ("desk:act", "POST"), ("desk:today", "GET")])
def test_single_case_an_act_and_the_work_of_today_are_read_from_the_first(name: str, method: str) -> None:
    assert asked_for(name, which, method=method).content == b"default default"


def test_nothing_in_a_transaction_is_read_from_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"], "in_atomic_block", True)
    assert asked_for("desk:register", which).content == b"default default"


def test_browser_that_sent_something_just_now_reads_from_the_first_until_it_has_arrived() -> None:
    sent = asked_for("desk:act", which, method="POST", sessionid="s")
    assert sent.cookies[ACTED_COOKIE]["max-age"] == 7
    assert asked_for("desk:register", which, **{ACTED_COOKIE: "1"}).content == b"default default"


def test_list_is_read_from_the_first_while_the_second_is_behind(routed: SimpleNamespace) -> None:
    routed.usable = lambda: False
    assert asked_for("desk:register", which).content == b"default default"


def broken(request: HttpRequest) -> HttpResponse:
    if router.db_for_read(None) == "replica":
        raise OperationalError("server closed the connection unexpectedly")
    return which(request)


def test_list_whose_database_is_lost_half_way_is_made_from_the_first(routed: SimpleNamespace) -> None:
    assert asked_for("desk:register", broken).content == b"default default"
    assert routed.was_lost


def test_workbook_whose_database_is_lost_is_made_from_the_first() -> None:
    def workbook(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(piece for _ in range(2) for piece in broken(request))

    assert asked_for("desk:register_export", workbook).getvalue() == b"default default" * 2


def test_every_list_is_a_page_of_the_desk() -> None:
    assert {f"desk:{page.name}" for page in urlpatterns} >= LISTS


def positions(monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]) -> None:
    def position(alias: str, _function: str) -> Any:
        if said.get(alias) == "gone":
            raise OperationalError
        return said[alias]

    monkeypatch.setattr(replica, "_position", position)
    monkeypatch.setattr("jiuyuan.replica.time.monotonic", lambda: said["now"])


def test_second_database_is_as_far_behind_as_the_last_position_that_it_has_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: dict[str, Any] = {"now": 0.0, "default": 100, "replica": 100}
    positions(monkeypatch, said)
    found = Replica()
    assert (found.behind(), found.usable()) == (0.0, True)
    said |= {"now": 2.0, "default": 200}  # it stands still
    assert found.behind() == 2.0
    said |= {"now": 9.0, "default": 300}
    assert (found.behind(), found.usable()) == (9.0, False)
    said |= {"now": 11.0, "replica": 300}
    assert (found.behind(), found.usable()) == (0.0, True)


@pytest.mark.parametrize("position", ["gone", None])  # None: it was made a database of its own
def test_second_database_that_is_gone_or_follows_no_longer_is_not_read(
    monkeypatch: pytest.MonkeyPatch, position: Any
) -> None:
    said: dict[str, Any] = {"now": 0.0, "default": 100, "replica": position}
    positions(monkeypatch, said)
    monkeypatch.setattr(replica, "connections", {"replica": SimpleNamespace(close=lambda: None)})
    found = Replica()
    assert (found.behind(), found.usable()) == (None, False)
    said |= {"now": 5.0, "replica": 100}
    assert not found.usable()  # not asked again at once
    said["now"] = 11.0
    assert found.usable()


@pytest.mark.parametrize(("behind", "level"), [(0.0, Level.WELL), (float("inf"), Level.SOON), (None, Level.BAD)])
def test_state_of_the_second_database_is_named(
    monkeypatch: pytest.MonkeyPatch, routed: SimpleNamespace, behind: float | None, level: Level
) -> None:
    assert checks.second_database().said == "没有设置"
    monkeypatch.setattr(replica, "is_named", lambda: True)
    routed.behind = lambda: behind
    found = checks.second_database()
    assert (found.level, bool(found.todo)) == (level, level is not Level.WELL)
