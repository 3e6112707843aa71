"""On a shared machine: after logging out, "back" shows nothing of what was on the pages, as browsers really keep them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.browser import Demonstration

_PAGES = {
    "applicant": ("/mine/information/", "/mine/"),
    "clerk": ("/desk/cases/", "/desk/register/"),
}


@pytest.fixture
def shared_machine(
    browser_type: BrowserType, whole_browser_launch_args: dict[str, object], demo_server: Demonstration
) -> Iterator[Page]:
    """A browser that keeps the pages behind "back", which playwright's own switches off."""
    browser: Browser = browser_type.launch(
        **whole_browser_launch_args, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser.new_page(base_url=demo_server.url, locale="zh-CN")
    browser.close()


@pytest.mark.parametrize("account", _PAGES)
def test_back_shows_nothing_after_logging_out(shared_machine: Page, demo_server: Demonstration, account: str) -> None:
    page = shared_machine
    page.goto("/login/")
    page.fill("[name=username]", account)
    page.fill("[name=password]", demo_server.password)
    page.click("main button[type=submit]")
    for address in _PAGES[account]:
        page.goto(address)
        assert page.url.endswith(address)
    personal = page.locator("main").inner_text()
    page.locator("form[action='/logout/']").first.evaluate("form => { setTimeout(() => form.submit()) }")
    page.wait_for_url(lambda url: url == f"{demo_server.url}/")
    for address in reversed(_PAGES[account]):
        page.evaluate("setTimeout(() => history.back())")
        # What comes from the browser's own cache is never loaded: then this waits in vain.
        page.wait_for_url(f"**/login/?next={address}")
        assert personal not in page.locator("body").inner_text()


def test_the_browser_of_this_test_does_keep_pages(shared_machine: Page) -> None:
    """Without this the test above would say nothing: a public page does come back without being asked for again."""
    page = shared_machine
    page.goto("/self-check/")
    page.evaluate("window.kept = 'yes'")
    page.goto("/notices/")
    page.evaluate("setTimeout(() => history.back())")
    expect(page).to_have_url(re.compile("/self-check/$"))
    assert page.evaluate("window.kept") == "yes"
