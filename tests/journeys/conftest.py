"""Fixtures that the stories share."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import TOO_NEAR
from tests.journeys.on_the_phone import phone

__all__ = ["phone", "sound"]


@pytest.fixture
def sound(request: pytest.FixtureRequest, axe: Callable[[Page], None]) -> Callable[[Page], None]:
    """A page as it should be: nothing for axe to say, nothing wider than the screen, targets that a thumb can hit.

    axe is a script itself; where the page may run none, the same page with scripts has been through it.
    """
    callspec = getattr(request.node, "callspec", None)
    params = callspec.params if callspec else {}
    scripts = params.get("scripts", params.get("phone", True))

    def check(page: Page) -> None:
        page.wait_for_load_state()  # a click returns before the next page is read
        if scripts:
            axe(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"
        small = page.evaluate(
            """[...document.querySelectorAll('main button, main .button, main .choice label, main select, main .field input')]
               .filter(e => e.type !== 'radio' && e.type !== 'checkbox' && e.getBoundingClientRect().height)
               .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert not small, f"{page.url}: less than 44 px high: {small}"
        assert page.evaluate(TOO_NEAR) == [], page.url

    return check
