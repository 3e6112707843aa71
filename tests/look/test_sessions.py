"""A session that runs out in the middle of a form: nothing typed is lost, and nobody else gets it."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from jiuyuan.agencies.models import User
from jiuyuan.web import sessions
from tests.strict import StrictClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.look.urls")]

PASSWORD = "a long enough secret"
TYPED = {"word": ["失业前在纺织厂", "“引号” <b>\n第二行"], "csrfmiddlewaretoken": "x", "new_password": "secret"}


@pytest.fixture
def wang() -> User:
    return User.objects.create_user("wang", PASSWORD, name="王秀兰", role="applicant")


@pytest.fixture
def zhang() -> User:
    return User.objects.create_user("zhang", PASSWORD, name="张三", role="applicant")


def log_in(client: StrictClient, user: User, **more: str) -> Any:
    return client.post("/login/", {"username": user.username, "password": PASSWORD, **more})


def let_the_session_run_out(client: StrictClient) -> None:
    del client.cookies["sessionid"]


def held(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page.content.decode())
    assert found, f"no {name} on the page"
    return found.group(1)


def ran_out_on_a_form(client: StrictClient, user: User) -> Any:
    log_in(client, user)
    let_the_session_run_out(client)
    return client.post("/echo/?step=2", TYPED)


def test_a_post_without_a_session_gets_the_login_page_with_what_was_typed_unreadable_in_it(client, wang):
    page = ran_out_on_a_form(client, wang)
    assert page.status_code == 401
    assert "您填的内容没有丢" in page.content.decode()
    assert "纺织厂" not in page.content.decode()
    kept = sessions.Kept.unsealed(held(page, "kept"))
    assert kept.fields == [("word", TYPED["word"][0]), ("word", TYPED["word"][1])]


def test_the_same_person_finds_it_after_the_login_and_sends_it_on(client, wang):
    page = ran_out_on_a_form(client, wang)
    answer = log_in(client, wang, kept=held(page, "kept"), next=held(page, "next"))
    assert answer.url == "/login/kept/"
    page = client.get(answer.url).content.decode()
    assert 'action="/echo/?step=2"' in page
    assert escape(TYPED["word"][1]) in page
    assert "secret" not in page


def test_another_person_gets_nothing_of_it_and_is_told(client, wang, zhang):
    page = ran_out_on_a_form(client, wang)
    answer = client.post(
        "/login/", {"username": "zhang", "password": PASSWORD, "kept": held(page, "kept")}, follow=True
    )
    assert "没有保留" in answer.content.decode()
    assert "纺织厂" not in answer.content.decode()
    assert client.get("/login/kept/").url == "/"


def test_what_a_browser_without_any_login_sent_is_not_given_to_whoever_logs_in_next(client, wang):
    page = client.post("/echo/", TYPED)
    assert "没有保留" in log_in(client, wang, kept=held(page, "kept")).client.get("/").content.decode()


def test_a_wrong_password_in_between_loses_nothing(client, wang):
    page = ran_out_on_a_form(client, wang)
    again = client.post("/login/", {"username": "wang", "password": "wrong", "kept": held(page, "kept")})
    assert log_in(client, wang, kept=held(again, "kept")).url == "/login/kept/"


def test_five_wrong_passwords_lock_and_say_for_how_long_and_still_lose_nothing(client, wang):
    page = ran_out_on_a_form(client, wang)
    kept = held(page, "kept")
    for _ in range(5):
        page = client.post("/login/", {"username": "wang", "password": "wrong", "kept": kept})
    assert page.status_code == 429
    assert "15分钟" in page.content.decode()
    back = client.post("/login/", {"kept": held(page, "kept")})
    assert held(back, "kept") == kept
    assert log_in(client, wang).status_code == 429


def test_only_wrong_passwords_in_a_row_lock(client, wang):
    for _ in range(2):
        for _ in range(4):
            client.post("/login/", {"username": "wang", "password": "wrong"})
        assert log_in(client, wang).status_code == 302


def test_files_cannot_travel_and_the_page_says_so(client, wang):
    log_in(client, wang)
    let_the_session_run_out(client)
    page = client.post("/echo/", {"word": "照片", "card": SimpleUploadedFile("card.jpg", b"jpeg")})
    assert "照片和文件要重新选一次" in page.content.decode()


def test_what_was_kept_can_be_thrown_away(client, wang):
    page = ran_out_on_a_form(client, wang)
    log_in(client, wang, kept=held(page, "kept"))
    client.post("/login/kept/")
    assert client.get("/login/kept/").url == "/"


@pytest.mark.parametrize("text", ["", "not even base64 §", "AAAA", None])
def test_what_was_not_sealed_here_is_nothing(text):
    assert sessions.Kept.unsealed(text) is None


def test_what_is_older_than_half_a_day_is_nothing(monkeypatch, client, wang):
    token = held(ran_out_on_a_form(client, wang), "kept")
    monkeypatch.setattr(sessions, "time", lambda: __import__("time").time() + 13 * 60 * 60)
    assert sessions.Kept.unsealed(token) is None


def test_a_part_of_a_page_asked_for_without_a_session_leads_to_the_whole_login_page(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/cases?x=1"}
    answer = client.get("/echo/", headers=headers)
    assert answer.headers["HX-Redirect"] == "/login/?next=/desk/cases%3Fx%3D1"
    answer = client.post("/echo/", {"word": "一"}, headers=headers)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, "body")


class TestAPageOlderThanTheLogin:
    """Somebody logs in again in another window; the form in the first window carries the token of before."""

    @pytest.fixture
    def client(self) -> StrictClient:
        return StrictClient(enforce_csrf_checks=True)

    @staticmethod
    def token(client: StrictClient, path: str = "/login/") -> str:
        return held(client.get(path), "csrfmiddlewaretoken")

    def log_in(self, client: StrictClient, user: User) -> None:
        log_in(client, user, csrfmiddlewaretoken=self.token(client))

    def test_the_same_person_can_still_send_it(self, client, wang):
        self.log_in(client, wang)
        old = self.token(client, "/echo/")
        self.log_in(client, wang)
        answer = client.post("/echo/", {"word": "还在", "csrfmiddlewaretoken": old})
        assert answer.url == "/login/kept/"
        page = client.get(answer.url)
        sent = client.post("/echo/", {"word": "还在", "csrfmiddlewaretoken": held(page, "csrfmiddlewaretoken")})
        assert "还在" in sent.content.decode()

    def test_somebody_else_cannot(self, client, wang, zhang):
        self.log_in(client, wang)
        old = self.token(client, "/echo/")
        self.log_in(client, zhang)
        answer = client.post("/echo/", {"word": "别人的", "csrfmiddlewaretoken": old})
        assert answer.status_code == 403
        assert "没有提交成功" in answer.content.decode()
        assert "别人的" not in answer.content.decode()

    def test_another_site_cannot(self, client, wang):
        self.log_in(client, wang)
        old = self.token(client, "/echo/")
        self.log_in(client, wang)
        post = {"word": "骗来的", "csrfmiddlewaretoken": old}
        assert client.post("/echo/", post, headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.post("/echo/", {"word": "骗来的"}).status_code == 403


@pytest.fixture
def clerk() -> User:
    from tests.factories import staff

    user = staff()
    user.set_password(PASSWORD)
    user.save()
    return user


def be_away(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    now = sessions.time()
    monkeypatch.setattr(sessions, "time", lambda: now + minutes * 60)


def test_staff_who_were_away_for_longer_than_the_limit_log_in_again_and_lose_nothing(client, clerk, monkeypatch):
    log_in(client, clerk)
    be_away(monkeypatch, 59)
    assert client.get("/echo/").status_code == 200
    be_away(monkeypatch, 59)
    assert client.get("/echo/").status_code == 200, "each page counts"
    be_away(monkeypatch, 61)
    page = client.post("/echo/?step=2", TYPED)
    assert page.status_code == 401
    assert "您填的内容没有丢" in page.content.decode()
    assert client.get("/echo/").status_code == 302


def test_an_applicant_is_given_the_whole_session(client, wang, monkeypatch):
    log_in(client, wang)
    client.get("/echo/")
    be_away(monkeypatch, 7 * 60)
    assert client.get("/echo/").status_code == 200
