"""What somebody does on a page of the portal, in a browser."""

import re

from playwright.sync_api import Locator, Page


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=isinstance(name, str)).first.click()


def fill_day(page: Page, group: str, day: str) -> None:
    boxes = page.get_by_role("group", name=group)
    for name, part in zip("年月日", day.split("-"), strict=True):
        boxes.get_by_label(name, exact=True).fill(part)


def choose(page: Page, question: str, answer: str) -> None:
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()
