"""Visits in a village without network, in a real browser with the network switched off (四(一) 入户调查).

Each story takes people of an own platform along, so that none meets what another did.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import DESK, PHONE, Demonstration
from tests.factories import a_photograph

PASSPHRASE = "德胜街道走访2026"
PHOTOGRAPH = {"name": "门口.jpg", "mimeType": "image/jpeg", "buffer": a_photograph("green")}
OFFLINE = "/desk/visits/offline/"
_SEND = re.compile(r"/visits/offline/send/$")

Check = Callable[[Page], None]

# Everything that the device keeps, bytes and all, as text in which a name or a number would be found.
RAW = """async () => {
  const said = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer ?? value);
      return new TextDecoder("utf-8").decode(bytes) + new TextDecoder("latin1").decode(bytes);
    }
    return value && typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k}=${said(v)}`).join() : `${value}`;
  };
  const db = await new Promise((done) => { indexedDB.open("jiuyuan-visits").onsuccess = (e) => done(e.target.result); });
  const all = (store) => new Promise((done) => {
    db.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result);
  });
  const [about, sealed] = [await all("about"), await all("sealed")];
  db.close();
  return { text: [...about, ...sealed].map(said).join("\\n"), kinds: sealed.map(({ kind }) => kind).sort() };
}"""
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push([request.url, await (await cache.match(request)).text()]);
  }
  return found;
}"""


@pytest.fixture
def enter(open_page: Callable[..., Page], demo_server: Demonstration) -> Callable[..., Page]:
    def entered(username: str, viewport: dict[str, int] = PHONE, **options: Any) -> Page:
        page = open_page(viewport, **options)
        page.goto("/login/")
        log_in(page, username, demo_server.password)
        return page

    return entered


def log_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("身份证号码，或账号").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    press(page, "登录")


def not_too_wide(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def take_along(page: Page, *places: int) -> list[str]:
    """Tick the people at these places of the list and take them along. Returns their names."""
    page.goto("/desk/visits/")
    boxes, names = page.locator("input[name=person]"), page.locator("tbody th a")
    chosen = [names.nth(place).inner_text() for place in places]
    for place in places:
        boxes.nth(place).check()
    press(page, "带走勾选的人")
    page.locator("#new-word").fill(PASSPHRASE)
    page.locator("#new-again").fill(PASSPHRASE)
    press(page, "带走名单")
    expect(page.get_by_role("heading", name="走访名单")).to_be_visible()
    return chosen


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.locator("#open-word").fill(passphrase)
    press(page, "打开")


def row_of(page: Page, name: str) -> Any:
    return page.locator(".visit-list button", has=page.get_by_text(name, exact=True))


def answer(page: Page, fact: str, word: str) -> None:
    page.locator(f"#id_fact-{fact}").get_by_text(word, exact=True).click()


def test_two_visits_without_network_are_kept_encrypted_sent_once_and_become_facts(
    enter: Callable[..., Page], axe: Check
) -> None:
    page = enter("clerk2")
    first, second, third = take_along(page, 0, 1, 2)
    axe(page)
    page.context.set_offline(True)
    page.reload()
    unlock(page, "not this one")
    expect(page.get_by_text("口令不对，没有打开。")).to_be_visible()
    assert first not in page.locator("body").inner_text()
    unlock(page)

    row_of(page, first).click()
    axe(page)
    not_too_wide(page)
    told = {what: page.locator(f"[data-part={what}]").inner_text() for what in ("number", "address", "call")}
    answer(page, "urban_resident", "是")
    page.get_by_label("看到和听到的情况").fill("院里晒着玉米，本人在家。")
    page.get_by_role("checkbox", name="缺乏职业技能").check()
    page.get_by_label("想做的工作").fill("保洁员")
    page.locator("#id_photos").set_input_files(PHOTOGRAPH)
    expect(page.get_by_role("img", name="照片1")).to_be_visible()
    press(page, "填好了")
    row_of(page, second).click()
    page.get_by_label("家中无人").check()
    press(page, "填好了")
    row_of(page, third).click()
    page.get_by_label("看到和听到的情况").fill("没写完")
    expect(page.get_by_text("已存在这台设备上。")).to_be_visible()
    page.reload()  # the telephone ran out, say

    kept = page.evaluate(RAW)
    assert kept["kinds"] == ["draft", "draft", "draft", "list", "photo"]
    secrets = [
        first,
        second,
        third,
        told["number"][:6],
        told["number"][-2:] + '"',
        told["call"],
        told["address"],
        "晒着玉米",
        "JFIF",
    ]
    assert [secret for secret in secrets if secret in kept["text"]] == []
    cached = page.evaluate(CACHED)
    assert OFFLINE in {url.removeprefix(page.url.split("/desk/")[0]) for url, _ in cached}
    assert [
        url for url, text in cached if any(secret in text for secret in (first, told["call"], told["address"], "赖瑜"))
    ] == []
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert [secret for secret in secrets if secret in stored] == []

    unlock(page)
    expect(row_of(page, first)).to_contain_text("填好，等待发送")
    expect(row_of(page, third)).to_contain_text("没有填完")

    # The line breaks when the server has the visit and before the device hears so.
    broken: list[str] = []

    def cut_once(route: Route) -> None:
        broken.append(str(route.fetch().status))
        route.abort()

    page.context.route(_SEND, cut_once, times=1)
    with page.expect_event("requestfailed", lambda request: bool(_SEND.search(request.url))):
        page.context.set_offline(False)
        # From Chromium 150 a page that was loaded without network does not hear from the tests that there is one again.
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("系统暂时没有回答")).to_be_visible()
    assert broken == ["200"]
    press(page, "发送填好的走访")
    expect(row_of(page, first)).to_contain_text("已送达")
    expect(row_of(page, second)).to_contain_text("已送达")
    assert page.evaluate(RAW)["kinds"] == ["draft", "list"]
    press(page, "清除这台设备上的名单")
    expect(page.get_by_text("还有1份没有送达")).to_be_visible()
    row_of(page, third).click()
    press(page, "删除这份草稿")
    press(page, "再按一次，删除这份草稿")
    press(page, "清除这台设备上的名单")
    expect(page.get_by_text("已清除这台设备上的名单。")).to_be_visible()
    assert page.evaluate(RAW)["kinds"] == []

    desk = enter("clerk2", DESK)
    desk.goto("/desk/visits/received/")
    axe(desk)
    assert desk.locator("tbody th a").all_inner_texts().count(first) == 1
    assert desk.locator("tbody th a").all_inner_texts().count(second) == 1
    desk.get_by_role("link", name=first, exact=True).click()
    axe(desk)
    expect(desk.get_by_role("img", name="走访照片1")).to_be_visible()
    expect(desk.get_by_text("缺乏职业技能")).to_be_visible()  # the draft of a talk, an interview once it is confirmed
    press(desk, "确认，记为事实")
    expect(desk.locator(".messages")).to_contain_text("1项记为事实")
    fact = desk.locator("li.fact", has_text="是否常住城镇")
    expect(fact).to_contain_text("实地核查")
    expect(desk.locator("#visits")).to_contain_text("已确认")
    axe(desk)


def test_a_login_that_ran_out_is_asked_for_again_and_nothing_is_lost(
    enter: Callable[..., Page], demo_server: Demonstration
) -> None:
    page = enter("clerk3")
    [name] = take_along(page, 0)
    page.context.clear_cookies()
    row_of(page, name).click()
    answer(page, "wants_work", "是")
    press(page, "填好了")
    expect(page.get_by_text("登录的时间已过，请重新登录后再发送。草稿没有丢。")).to_be_visible()
    page.get_by_role("link", name="重新登录").click()
    log_in(page, "clerk3", demo_server.password)
    unlock(page)
    expect(row_of(page, name)).to_contain_text("已送达")


def test_another_account_on_the_same_telephone_does_not_see_the_list(
    enter: Callable[..., Page], demo_server: Demonstration
) -> None:
    page = enter("clerk4")
    [name] = take_along(page, 0)
    page.goto("/desk/visits/")
    page.locator("details.menu summary").click()
    press(page, "退出登录")
    page.goto(OFFLINE)
    expect(page.get_by_role("heading", name="请先登录")).to_be_visible()
    page.get_by_role("link", name="登录", exact=True).click()
    log_in(page, "clerk5", demo_server.password)
    expect(page.get_by_role("heading", name="这是另一个账号的名单")).to_be_visible()
    assert name not in page.content()
    page.goto(f"{OFFLINE}?person=1")
    expect(page.get_by_role("heading", name="这是另一个账号的名单")).to_be_visible()


def test_left_alone_it_locks_itself_and_after_its_days_the_list_goes(enter: Callable[..., Page]) -> None:
    page = enter("clerk5")
    page.clock.install()
    first, second = take_along(page, 0, 1)
    row_of(page, first).click()
    page.get_by_label("看到和听到的情况").fill("还没有写完")
    expect(page.get_by_text("已存在这台设备上。")).to_be_visible()
    page.clock.fast_forward("06:00")
    expect(page.get_by_role("heading", name="输入离线口令")).to_be_visible()
    assert first not in page.content()
    page.clock.fast_forward(15 * 24 * 60 * 60 * 1000)
    page.context.set_offline(True)
    page.reload()
    unlock(page)
    expect(row_of(page, first)).to_contain_text("没有填完")  # what was written down is never lost
    expect(row_of(page, second)).to_have_count(0)


def test_a_network_that_carries_nothing_keeps_nobody_waiting_and_one_window_is_open_at_a_time(
    enter: Callable[..., Page],
) -> None:
    page = enter("clerk3")
    [name] = take_along(page, 1)
    other = page.context.new_page()
    other.goto(OFFLINE)
    unlock(other)
    expect(other.get_by_text("已在另一个窗口打开")).to_be_visible()
    assert name not in other.content()
    other.close()
    page.context.route("**/visits/offline/session/", lambda route: None)  # never answered
    page.reload()
    unlock(page)
    expect(row_of(page, name)).to_contain_text("没有走访")


def test_what_the_office_refuses_stays_on_the_device_says_why_and_can_be_put_right(enter: Callable[..., Page]) -> None:
    page = enter("clerk4")
    [name] = take_along(page, 2)
    row_of(page, name).click()
    press(page, "填好了")
    expect(page.get_by_text("什么都没有填")).to_be_visible()
    answer(page, "able_to_work", "是")
    page.get_by_label("走访日期").fill("2099-01-01")
    press(page, "填好了")
    expect(row_of(page, name)).to_contain_text("没有收下，要改正")
    row_of(page, name).click()
    expect(page.get_by_role("alert")).to_contain_text("走访日期不能晚于今天")
    page.get_by_label("走访日期").fill("2026-03-01")
    press(page, "填好了")
    expect(row_of(page, name)).to_contain_text("已送达")
    assert page.evaluate(RAW)["kinds"] == ["list"]


def test_without_scripts_there_is_the_form_on_paper_and_a_visit_is_entered_online(
    enter: Callable[..., Page],
) -> None:
    page = enter("clerk2", scripts=False)
    page.goto(OFFLINE)
    expect(page.get_by_role("heading", name="离线走访需要脚本")).to_be_visible()
    page.goto("/desk/visits/")
    not_too_wide(page)
    name = page.locator("tbody th a").nth(5).inner_text()
    page.locator("input[name=person]").nth(5).check()
    press(page, "打印走访表")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    not_too_wide(page)
    page.goto("/desk/visits/")
    page.get_by_role("row").filter(has_text=name).get_by_role("link", name="登记走访").click()
    page.locator("#id_fact-urban_resident").get_by_text("是", exact=True).click()
    not_too_wide(page)
    press(page, "保存，下一步核对")
    not_too_wide(page)
    press(page, "确认，记为事实")
    expect(page.locator(".messages")).to_contain_text("1项记为事实")


def test_over_plain_http_it_says_what_is_needed(enter: Callable[..., Page]) -> None:
    page = enter("clerk2")
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page.goto(OFFLINE)
    expect(page.get_by_role("heading", name="这里不能离线走访")).to_be_visible()
    expect(page.get_by_text("HTTPS").first).to_be_visible()
