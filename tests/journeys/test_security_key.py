"""A clerk adds a security key in the browser, and logs in with it: an authenticator of Chromium's own, asked by our script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Demonstration


@pytest.fixture
def desk_with_a_key(browser: Browser, demo_server: Demonstration) -> Iterator[Page]:
    page = browser.new_context(base_url=demo_server.url.replace("127.0.0.1", "localhost"), locale="zh-CN").new_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": False,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    page.context.close()


def test_key_is_added_and_then_asked_for_after_the_password(desk_with_a_key: Page, demo_server: Demonstration) -> None:
    page = desk_with_a_key
    _log_in(page, demo_server)
    page.goto("/desk/account/second-factor/key/")
    page.fill("[name=label]", "蓝色的那把")
    page.click("[data-part=button]")
    if page.url.endswith("/login/again/"):  # a second factor decides who gets in later
        page.fill("[name=password]", demo_server.password)
        page.click("main button[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("安全密钥添加好了")
    page.context.clear_cookies()
    _log_in(page, demo_server)
    page.wait_for_url("**/login/second/")
    page.click("[data-part=button]")
    page.wait_for_url("**/desk/**")
    page.goto("/desk/account/second-factor/")
    expect(page.locator("main")).to_contain_text("蓝色的那把")


def _log_in(page: Page, demonstration: Demonstration) -> None:
    page.goto("/login/")
    page.fill("[name=username]", "finance")
    page.fill("[name=password]", demonstration.password)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
