"""Staff and people log in with a provider that somebody else wrote; what it says is believed only as far as it is proven."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from time import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPErrorProcessor, build_opener

import jwt
import oidc_provider_mock
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client

from jiuyuan import clock, config
from jiuyuan.agencies import single_sign_on
from jiuyuan.agencies.models import SignIn, User
from jiuyuan.config import SignOn
from jiuyuan.encryption import blind_index
from tests.factories import an_account, an_id_number, staff

# The provider, which is not ours, calls what its own library will take away one day.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")]
NUMBER = an_id_number("1985-03-02", number=77)
PEOPLE = [
    oidc_provider_mock.User(sub="clerk-1", claims={"employee": "wangfang", "profile": "x"}),
    oidc_provider_mock.User(sub="person-1", claims={"id_card": NUMBER}),
    oidc_provider_mock.User(sub="stranger", claims={"employee": "nobody-here"}),
]


class _Stays(HTTPErrorProcessor):
    """Shows where an answer leads instead of going there."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread(user_claims=PEOPLE, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def providers(issuer: str) -> Iterator[list[SignOn]]:
    common = {"issuer": issuer, "client_id": "jiuyuan", "client_secret": "geheim"}
    found = [
        SignOn("staff", "政务统一身份", claim="employee", matches="username", **common),
        SignOn("people", "吉事办", claim="id_card", matches="id_number", **common),
    ]
    object.__setattr__(settings.JIUYUAN, "sign_on", tuple(found))
    yield found
    object.__setattr__(settings.JIUYUAN, "sign_on", ())


@pytest.fixture
def clerk() -> User:
    return staff("clerk", username="wangfang", first_password=True)


def gone_to(browser: Client, who: str, **posted: str) -> str:
    """The address at the provider."""
    page = browser.post(f"/login/with/{who}/", posted)
    assert page.status_code == 200
    return str(page["Refresh"].removeprefix("0; url="))


def logged_in_there(there: str, sub: str, **more: str) -> str:
    """Where the provider sends the browser back to."""
    with build_opener(_Stays).open(there, urlencode({"sub": sub, **more}).encode()) as answer:
        assert answer.status == 302
        return str(answer.headers["Location"])


def came_back(browser: Client, location: str) -> Any:
    parts = urlsplit(location)
    return browser.get(f"{parts.path}?{parts.query}", follow=True)


def by_sign_on(browser: Client, who: str, sub: str, **posted: str) -> Any:
    return came_back(browser, logged_in_there(gone_to(browser, who, **posted), sub))


def words(page: Any) -> str:
    return str(page.content.decode())


def test_login_page_offers_nothing_where_nothing_is_configured() -> None:
    assert "login/with" not in words(Client().get("/login/"))
    assert Client().post("/login/with/staff/").status_code == 404


def test_member_of_staff_comes_in_without_the_password_that_somebody_else_gave(providers: Any, clerk: User) -> None:
    browser = Client()
    assert "用“政务统一身份”登录" in words(browser.get("/login/"))
    page = by_sign_on(browser, "staff", "clerk-1", next="/desk/account/")
    assert page.request["PATH_INFO"] == "/desk/account/"
    assert SignIn.objects.get(user=clerk).way == "sign_on"


def test_person_comes_in_by_the_number_that_the_provider_names_and_by_no_claimed_one(providers: Any) -> None:
    an_account(username="unknown-1", claimed_index=blind_index(NUMBER))
    refused = by_sign_on(Client(), "people", "person-1")
    assert "这里还没有您的账号" in words(refused)
    account = an_account(id_index=blind_index(NUMBER))
    browser = Client()
    by_sign_on(browser, "people", "person-1")
    assert browser.session["_auth_user_id"] == str(account.pk)


def test_stranger_and_somebody_whose_account_is_closed_stay_outside(providers: Any, clerk: User) -> None:
    browser = Client()
    assert "这里还没有您的账号" in words(by_sign_on(browser, "staff", "stranger"))
    clerk.is_active = False
    clerk.save()
    assert "这里还没有您的账号" in words(by_sign_on(browser, "staff", "clerk-1"))
    assert "_auth_user_id" not in browser.session


def test_what_was_typed_before_the_session_ran_out_comes_back_from_the_provider(providers: Any, clerk: User) -> None:
    browser = Client()
    by_sign_on(browser, "staff", "clerk-1")
    del browser.cookies["sessionid"]
    page = words(browser.post("/desk/account/relatives/add/", {"name": "王大海", "relation": "舅舅"}))
    kept = re.search(r'name="kept" value="([^"]+)"', page).group(1)
    assert "王大海" in words(by_sign_on(browser, "staff", "clerk-1", kept=kept))


def test_second_factor_of_ours_is_asked_for_unless_the_providers_own_is_trusted(providers: Any, clerk: User) -> None:
    clerk.second_factors.create(kind="app", secret="A" * 32, added_at=clock.now())
    page = by_sign_on(Client(), "staff", "clerk-1")
    assert page.request["PATH_INFO"] == "/login/second/"
    object.__setattr__(settings.JIUYUAN, "sign_on", (replace(providers[0], second_factor=True),))
    browser = Client()
    assert by_sign_on(browser, "staff", "clerk-1", next="/desk/account/").request["PATH_INFO"] == "/desk/account/"
    object.__setattr__(settings.JIUYUAN, "sign_on", tuple(providers))
    by_sign_on(browser, "staff", "clerk-1")  # who comes anew and leaves it at that stays as they were
    assert browser.session["second_factor_shown"] is True


def test_answer_that_another_browser_asked_for_or_that_comes_twice_lets_nobody_in(providers: Any, clerk: User) -> None:
    asked, other = Client(), Client()
    location = logged_in_there(gone_to(asked, "staff"), "clerk-1")
    gone_to(other, "staff")
    assert "没有登录成功" in words(came_back(other, location))
    assert "_auth_user_id" not in other.session
    came_back(asked, location)
    asked.post("/logout/")
    came_back(asked, location)
    assert "_auth_user_id" not in asked.session


def test_somebody_who_declines_there_is_led_back_with_what_they_typed(providers: Any, clerk: User) -> None:
    browser = Client()
    there = gone_to(browser, "staff", kept="x")
    query = {name: value[0] for name, value in parse_qs(urlsplit(there).query).items()}
    page = browser.get("/login/back/staff/", {"error": "access_denied", "state": query["state"]})
    assert page.status_code == 422
    assert 'name="kept" value="x"' in words(page)


@pytest.mark.parametrize(
    ("changed", "signed_by"),
    [
        ({"iss": "https://elsewhere.example"}, "provider"),
        ({"aud": "another"}, "provider"),
        ({"nonce": "another"}, "provider"),
        ({"exp": 1_000_000_000}, "provider"),
        ({"aud": ["jiuyuan", "another"], "azp": "another"}, "provider"),
        ({}, "somebody else"),
        ({}, "nobody"),
        ({}, "a secret that we share"),
    ],
)
def test_token_is_believed_only_as_it_was_meant(monkeypatch: Any, changed: dict[str, Any], signed_by: str) -> None:
    asked = SignOn("staff", "x", "https://id.example", "jiuyuan", "geheim" * 6, "employee", "username")
    theirs, others = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    public = jwt.algorithms.RSAAlgorithm.to_jwk(theirs.public_key(), as_dict=True) | {"kid": "1", "alg": "RS256"}
    monkeypatch.setattr(single_sign_on, "_asked", lambda where: {"keys": [public]})
    claims = {"iss": asked.issuer, "aud": "jiuyuan", "sub": "1", "nonce": "n", "iat": 1, "exp": 4_000_000_000}
    keys: dict[str, tuple[Any, str]] = {
        "provider": (theirs, "RS256"), "somebody else": (others, "RS256"), "nobody": ("", "none"),
        "a secret that we share": (asked.client_secret, "HS256"),
    }  # fmt: skip
    key, algorithm = keys[signed_by]
    token = jwt.encode(claims | changed, key, algorithm, {"kid": "1"})
    good = jwt.encode(claims, theirs, "RS256", {"kid": "1"})
    described = {"jwks_uri": "https://id.example/keys"}
    assert single_sign_on._verified(asked, described, good, "n")["sub"] == "1"
    with pytest.raises(single_sign_on.SignOnFailed):
        single_sign_on._verified(asked, described, token, "n")


@pytest.mark.parametrize("body", [b'{"issuer": "https://a", "issuer": "https://b"}', b"[" * 100_000, b"[]", b"\xff"])
def test_answer_in_which_a_name_stands_twice_or_that_is_none_is_refused_in_words(monkeypatch: Any, body: bytes) -> None:
    class Opener:
        def open(self, *_: Any, **__: Any) -> io.BytesIO:
            return io.BytesIO(body)

    monkeypatch.setattr(single_sign_on, "build_opener", lambda *_: Opener())
    with pytest.raises(single_sign_on.SignOnFailed):
        single_sign_on._asked("https://id.example/about")


@pytest.mark.parametrize("wrong", ["claim", "matches", "issuer", "client_secret_file"])
def test_installation_does_not_start_with_half_a_provider(tmp_path: Any, monkeypatch: Any, wrong: str) -> None:
    monkeypatch.delenv(clock.VARIABLE)
    config.create(tmp_path, "production")
    said = {
        "name": "政务统一身份", "issuer": "https://id.example", "client_id": "jiuyuan", "client_secret": "x",
        "claim": "employee", "matches": "username",
    }  # fmt: skip
    file = tmp_path / config.FILE
    begun = file.read_text()

    def written(**values: str) -> None:
        lines = "".join(f'{name} = "{value}"\n' for name, value in values.items() if value)
        file.write_text(f"{begun}[single_sign_on.staff]\n{lines}")

    written(**said)
    assert config.load(tmp_path).sign_on[0].name == "政务统一身份"
    written(
        **said
        | {
            wrong: {"claim": "", "matches": "name", "issuer": "http://id.example", "client_secret_file": "keys/none"}[
                wrong
            ]
        }
    )
    with pytest.raises(config.UnusableConfig, match="single_sign_on"):
        config.load(tmp_path)


@pytest.mark.parametrize(("said", "counts"), [(None, 0), ("soon", 0), (-1, 0), (1_700_000_000, 1_700_000_000)])
def test_when_the_provider_saw_a_proof_counts_as_it_says(said: Any, counts: int) -> None:
    assert single_sign_on.shown_at({"auth_time": said}) == counts


def test_proof_that_is_still_to_come_counts_as_one_of_now() -> None:
    assert single_sign_on.shown_at({"auth_time": time() + 9_999}) <= time()
