"""A real browser against the real server: `demo_server`, `phone_page`, `desk_page`, `axe`."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.postgres import free_port

expect.set_options(timeout=30_000)  # a busy machine is no fault
# A whole browser; Debian's shell without a window opens a page for two thirds of its processor time.
_WHOLE = ("chromium", "chromium-browser", "google-chrome")
_CHROMIUMS = ("chromium-headless-shell", *_WHOLE)
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What the tests' own installation says must not reach the demonstration's.
_OURS = ("JIUYUAN_", "DJANGO_SETTINGS_MODULE", "PYTEST_")
# What a page is made of: its elements by name, classes, kind and state, each once, and how wide it is.
_PARTS = """() => JSON.stringify([innerWidth, [...new Set([...document.querySelectorAll("*")].map(
    (one) => [one.localName, one.className, one.type, one.getAttribute("role"), one.disabled, one.hidden].join())
)].sort()])"""
# Buttons one right below another, of which a finger meets the wrong one.
TOO_NEAR = """() => [...document.querySelectorAll("main .button:not(.button-text) + .button:not(.button-text)")].filter((one) => {
    const [above, below] = [one.previousElementSibling, one].map((each) => each.getBoundingClientRect());
    return below.height && above.height && below.top >= above.bottom - 1 && below.top < above.bottom + 6;
}).map((one) => one.innerText)"""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Demonstration:
    """A running `jiuyuan demo`: where it answers, its data folder, and the password of all its accounts."""

    url: str
    data: Path
    password: str
    log: Path

    def command(self, *arguments: str) -> str:
        """Run `jiuyuan …` on this demonstration's data; returns what it printed. Raises where it fails."""
        return subprocess.run(
            [_jiuyuan(), *arguments],
            env={**_environment(), "JIUYUAN_DATA": str(self.data), "JIUYUAN_TODAY": _moved(self.data)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@pytest.fixture(scope="session")
def demo_server(demonstration_made: Path) -> Iterator[Demonstration]:
    """`jiuyuan demo` on a copy in a temporary folder on a free port, on 2026-03-02, ended with the tests."""
    folder = Path(tempfile.mkdtemp(prefix="jiuyuan-demo-"))
    data, log, port = folder / "data", folder / "log", free_port()
    shutil.copytree(demonstration_made, data)
    _leave_old_papers(data)
    command = [_jiuyuan(), "demo", "--data", data, "--port", str(port), "--today", "2026-03-02"]
    with log.open("wb") as out:
        # By name, for a security key belongs to a name; every page answers to the address too.
        environment = _environment() | {"JIUYUAN_BASE_URL": f"http://localhost:{port}"}
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(url, server, log)
        yield Demonstration(url, data, _printed_password(log), log)
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return _launching(browser_type_launch_args, _CHROMIUMS)


@pytest.fixture(scope="session")
def whole_browser_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """For what the shell cannot do: it keeps no page behind "back"."""
    return _launching(browser_type_launch_args, _WHOLE)


@pytest.fixture
def open_page(browser: Browser, demo_server: Demonstration) -> Iterator[Callable[..., Page]]:
    """`open_page(viewport, scripts=False)`: a page with cookies of its own; paths are relative to the demonstration.

    The test fails if a page raised an error in a script, broke its content policy or asked another host for anything.
    """
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(viewport: dict[str, int] = DESK, *, scripts: bool = True, **options: Any) -> Page:
        if viewport == PHONE:
            options = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2, **options}
        context = browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            base_url=demo_server.url,
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
        page.on("console", lambda message: _policy(message.text, faults))
        page.on("request", lambda request: _outside(request.url, demo_server.url, faults))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def phone_page(open_page: Callable[..., Page]) -> Page:
    return open_page(PHONE)


@pytest.fixture
def desk_page(open_page: Callable[..., Page]) -> Page:
    return open_page(DESK)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """`axe(page)` asserts that axe-core finds no violation on the page as it stands.

    One that is made of the same parts as a page that it has been through, at the same width, is not asked about again.
    """
    been_through = set[tuple[str, str]]()

    def check(page: Page) -> None:
        made_of = (re.sub(r"\d+", "0", page.url), page.evaluate(_PARTS))
        if made_of in been_through:
            return
        been_through.add(made_of)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check


def _launching(arguments: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    for name in names:
        if path := shutil.which(name):
            return {**arguments, "executable_path": path, "args": _ARGUMENTS}
    pytest.fail("Chromium is not installed: run `apt-get install chromium fonts-noto-cjk`", pytrace=False)


def _leave_old_papers(data: Path) -> None:
    """Four hundred letters and seals of old cases, of which no journey sees any, would take a minute beside the pages."""
    with closing(sqlite3.connect(data / "jiuyuan.sqlite3")) as database, database:
        database.execute("UPDATE worker_job SET due_at = '2099-01-01' WHERE kind IN ('make_letter', 'seal_form')")


def _jiuyuan() -> str:
    return str(Path(sys.executable).with_name("jiuyuan"))


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _moved(data: Path) -> str:
    file = data / "today"
    return file.read_text("ascii").strip() if file.exists() else "2026-03-02"


def _wait_until_it_answers(url: str, server: "subprocess.Popen[bytes]", log: Path, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                pytest.fail(f"the demonstration did not start:\n{log.read_text('utf-8')[-3000:]}", pytrace=False)
            time.sleep(0.2)


def _printed_password(log: Path) -> str:
    """From the line that names it: `密码：…`."""
    found = re.search(r"密码\W*\s*([\w\-]+)", log.read_text("utf-8"))
    if not found:
        pytest.fail(f"the demonstration printed no password (a line with 密码):\n{log.read_text('utf-8')[-3000:]}")
    return found.group(1)


def _policy(message: str, faults: list[str]) -> None:
    if "Content Security Policy" in message:
        faults.append(message)


def _outside(url: str, own: str, faults: list[str]) -> None:
    if not url.startswith((own, "data:", "blob:", "about:")):
        faults.append(f"asked another host: {url}")
