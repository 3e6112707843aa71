"""Staff log in with a security key (WebAuthn) beside the password; here one of software, which signs as a real one does."""

import html
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from jiuyuan.agencies.models import User
from tests.factories import staff

pytestmark = pytest.mark.django_db
PASSWORD = "长春的春天2026"
ADD, STEP = "/desk/account/second-factor/key/", "/login/second/"


class SoftwareKey:
    """What lies on a table: signs what it is asked, and counts."""

    def __init__(self, origin: str = "https://localhost") -> None:
        self.key, self.count, self.origin = ec.generate_private_key(ec.SECP256R1()), 0, origin
        self.id = b"key-of-software!"

    def _data(self, host: str, credential: bytes = b"") -> AuthenticatorData:
        self.count += 1
        flags = AuthenticatorData.FLAG.UP | (AuthenticatorData.FLAG.AT if credential else AuthenticatorData.FLAG(0))
        return AuthenticatorData.create(sha256(host.encode()).digest(), flags, self.count, credential)

    def _answer(self, **response: bytes) -> str:
        sent = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps(
            {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key", "response": sent}
        )

    def made(self, options: dict[str, Any]) -> str:
        asked = options["publicKey"]
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        said = CollectedClientData.create("webauthn.create", asked["challenge"], self.origin)
        shown = AttestationObject.create("none", self._data(asked["rp"]["id"], credential), {})
        return self._answer(clientDataJSON=said, attestationObject=shown)

    def signed(self, options: dict[str, Any]) -> str:
        asked = options["publicKey"]
        said = CollectedClientData.create("webauthn.get", asked["challenge"], self.origin)
        data = self._data(asked["rpId"])
        signature = self.key.sign(data + said.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=said, authenticatorData=data, signature=signature)


@pytest.fixture(autouse=True)
def under_a_name() -> Iterator[None]:
    """A key belongs to a name, and an address is none."""
    before = settings.JIUYUAN.base_url
    object.__setattr__(settings.JIUYUAN, "base_url", "https://localhost")
    yield
    object.__setattr__(settings.JIUYUAN, "base_url", before)


@pytest.fixture
def clerk() -> User:
    user = staff("clerk")
    user.set_password(PASSWORD)
    user.save()
    return user


def by_password(account: User) -> Client:
    browser = Client()
    browser.post("/login/", {"username": account.username, "password": PASSWORD})
    return browser


def asked(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        html.unescape(re.search(r'data-options="([^"]+)"', page.content.decode()).group(1))
    )
    return found


@pytest.fixture
def key(clerk: User) -> SoftwareKey:
    made, browser = SoftwareKey(), by_password(clerk)
    page = browser.post(ADD, {"key": made.made(asked(browser.get(ADD))), "label": "钥匙扣上的"})
    assert "安全密钥添加好了" in page.content.decode()
    return made


def is_in(browser: Client) -> bool:
    return browser.get("/desk/account/").status_code == 200


def test_key_that_was_added_lets_in_and_stands_on_the_list_under_its_name(clerk: User, key: SoftwareKey) -> None:
    browser = by_password(clerk)
    assert not is_in(browser)
    assert browser.post(STEP, {"key": key.signed(asked(browser.get(STEP)))}).status_code == 302
    assert is_in(browser)
    assert "钥匙扣上的" in browser.get("/desk/account/second-factor/").content.decode()


def test_answer_is_good_once_and_another_key_lets_nobody_in(clerk: User, key: SoftwareKey) -> None:
    browser = by_password(clerk)
    answer = key.signed(asked(browser.get(STEP)))
    browser.get(STEP)  # which asks anew
    browser.post(STEP, {"key": answer})
    assert not is_in(browser)
    other = SoftwareKey()
    browser.post(STEP, {"key": other.signed(asked(browser.get(STEP)))})
    assert not is_in(browser)
    for nonsense in ("", "[]", "{}", "null", '{"id": 1, "response": null}', "[" * 30_000):
        browser.get(STEP)
        browser.post(STEP, {"key": nonsense})
        assert not is_in(browser)


def test_copy_of_a_key_is_found_by_its_count_and_a_page_of_another_name_gets_nothing(
    clerk: User, key: SoftwareKey
) -> None:
    browser = by_password(clerk)
    key.count = 0
    browser.post(STEP, {"key": key.signed(asked(browser.get(STEP)))})
    assert not is_in(browser)
    key.count, key.origin = 10, "https://localhost.example"
    browser.post(STEP, {"key": key.signed(asked(browser.get(STEP)))})
    assert not is_in(browser)
