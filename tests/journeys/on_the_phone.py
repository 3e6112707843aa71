"""A telephone of 390 px on a server that stands in the test itself: what people do is done in the browser, what offices do by
their acts. No demonstration is made for it. It runs no scripts unless the test says otherwise."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from jiuyuan.agencies.models import User
from tests.browser import PHONE, TOO_NEAR

Phone = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser, live_server: Any, transactional_db: None) -> Iterator[Phone]:
    """`phone(user, scripts=True)`: a telephone on which somebody is logged in, or nobody."""
    contexts = []

    def opened(user: User | None = None, *, scripts: bool = False) -> Page:
        context = browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            base_url=live_server.url, java_script_enabled=scripts, is_mobile=True, has_touch=True, locale="zh-CN",
        )  # fmt: skip
        context.set_default_timeout(30_000)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user, backend="jiuyuan.agencies.backends.WithAgency")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def says(page: Page) -> str:
    """What stands on a page, which is nowhere wider than the telephone, and on which no button touches another."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    assert page.evaluate(TOO_NEAR) == [], page.url
    return re.sub(r"\s+", "", page.locator("main").inner_text())
