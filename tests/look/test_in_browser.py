"""The parts in a real browser, on a phone and at a desk: reachable, large enough, in order without a mouse."""

import threading
from collections.abc import Callable, Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page

from tests.browser import DESK, PHONE

pytestmark = pytest.mark.xdist_group("journeys")
SMALL = """
() => [...document.querySelectorAll("main a, main button, header a, header button, summary, main input, main select")]
  .filter((part) => !part.closest("p, .choice, .tick, .day-boxes"))
  .map((part) => [part.outerHTML.slice(0, 120), part.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height < 43.5)
  .map(([html]) => html)
"""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The real application without a database: the page of parts asks it nothing."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    complaints: list[str] = []
    contexts = []

    def visited(path: str, viewport: dict[str, int], *, scripts: bool = True) -> Page:
        context = browser.new_context(viewport=viewport, base_url=address, java_script_enabled=scripts)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert not complaints


PAGES = pytest.mark.parametrize("path", ["/look/", "/look/?wrong=1", "/look/desk/", "/look/confirm/", "/login/"])
SCREENS = pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])


@PAGES
@SCREENS
def test_every_part_can_be_read_and_reached(visit, axe, path, viewport):
    page = visit(path, viewport)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    assert page.evaluate(SMALL) == []


def test_a_list_is_walked_with_keys_until_somebody_switches_them_off(visit):
    page = visit("/look/desk/", DESK)
    focused = "document.activeElement.textContent.trim()"
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(focused) == "张𠮷"
    page.keyboard.press("x")
    assert page.get_by_label("选张𠮷").is_checked()
    page.keyboard.press("k")
    assert page.evaluate(focused) == "王秀兰"
    page.keyboard.press("Enter")
    assert page.url.endswith("#2201022026000017")
    page.get_by_role("button", name="停用快捷键").click()
    page.keyboard.press("j")
    assert page.evaluate(focused) == "启用快捷键"


def test_a_photograph_is_turned_and_enlarged(visit):
    page = visit("/look/desk/", DESK)
    sheet, picture = page.locator(".viewer-sheet").first, page.locator(".viewer-sheet img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_selector(".viewer-ready")
    lying = sheet.bounding_box()
    page.get_by_role("button", name="转90度").first.click()
    standing = sheet.bounding_box()
    assert lying["width"] > lying["height"]
    assert standing["width"] < standing["height"]
    page.get_by_role("button", name="放大").first.click()
    assert sheet.bounding_box()["width"] > standing["width"] * 1.3


def test_what_is_wrong_has_the_focus_and_leads_to_its_box(visit):
    page = visit("/look/?wrong=1", PHONE)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert page.title().split()[0] == "需要改正："
    page.get_by_role("link", name="什么时候失业的").click()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "年"


def test_without_scripts_the_photograph_is_whole_and_nothing_pretends_to_work(visit):
    page = visit("/look/desk/", DESK, scripts=False)
    assert page.locator(".viewer img").first.is_visible()
    assert not page.get_by_role("button", name="放大").first.is_visible()
    assert not page.locator(".keys-hint").is_visible()
    page.locator(".desk-nav a").first.click()
