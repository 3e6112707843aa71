"""Single sign-on by OpenID Connect: code flow with PKCE, state and nonce; ID tokens verified with the provider's
keys.

The provider says who somebody is; a configured claim names one of our accounts, which says what they may do.
Nobody gets an account or role by logging in elsewhere.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hmac import compare_digest
from time import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from django.conf import settings
from django.core.cache import cache

from jiuyuan import json_once
from jiuyuan.agencies.models import User
from jiuyuan.agencies.roles import STAFF, Role
from jiuyuan.config import SignOn
from jiuyuan.encryption import blind_index
from jiuyuan.refusals import Refusal
from jiuyuan.wording import say

_SECONDS, _LARGEST, _CACHED = 10, 1_000_000, 3600
_LEEWAY = 60
_WAITS = 10 * 60
# Signatures with a provider's private key only: not `none`, and not HMAC, whose key we would share.
_ALGORITHMS = [f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)] + ["EdDSA"]


class SignOnFailed(Refusal):
    """The provider's answer was wrong or not for us (422). The log has more than the page."""

    code = "sign_on"


class NoAccount(Refusal):
    """The user was authenticated but has no account here (422)."""

    code = "no_account"


def provider(who: str) -> SignOn | None:
    return next((one for one in settings.JIUYUAN.sign_on if one.who == who), None)


@dataclass(frozen=True)
class Waiting:
    """The session data while the user is at the provider."""

    who: str
    state: str
    nonce: str
    verifier: str
    back: str
    since: int

    @classmethod
    def of(cls, kept: Any) -> "Waiting | None":
        try:
            waiting = cls(**kept)
        except TypeError:
            return None
        return waiting if time() - waiting.since < _WAITS else None

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def begin(asked: SignOn, back: str, *, anew: bool = False) -> tuple[str, Waiting]:
    """The provider's URL, and what to store. `anew`: require a new login there. Raises `SignOnFailed`."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    waiting = Waiting(asked.who, state, nonce, verifier, back, int(time()))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(waiting.verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code", "client_id": asked.client_id, "redirect_uri": back, "scope": asked.scope,
        "state": waiting.state, "nonce": waiting.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if anew else {}),
    }  # fmt: skip
    there = _described(asked)["authorization_endpoint"]
    return f"{there}{'&' if '?' in there else '?'}{urlencode(query)}", waiting


def finish(asked: SignOn, waiting: Waiting, answer: Mapping[str, str]) -> dict[str, Any]:
    """The provider's claims about the returned user. Raises `SignOnFailed`."""
    if waiting.who != asked.who or not compare_digest(answer.get("state", ""), waiting.state):
        raise _failed("state")
    if "code" not in answer:
        raise _failed(answer.get("error", "no code"))
    described = _described(asked)
    if answer.get("iss", asked.issuer) != asked.issuer:
        raise _failed("iss")
    tokens = _token(asked, described, waiting, answer["code"])
    claims = _verified(asked, described, str(tokens.get("id_token", "")), waiting.nonce)
    if asked.claim in claims or "userinfo_endpoint" not in described:
        return claims
    more = _asked(described["userinfo_endpoint"], headers={"Authorization": f"Bearer {tokens.get('access_token', '')}"})
    if more.get("sub") != claims["sub"]:
        raise _failed("sub")
    return {**more, **claims}


def account_of(asked: SignOn, claims: Mapping[str, Any]) -> User:
    """The one account named by the claim. Raises `NoAccount`."""
    said = claims.get(asked.claim)
    value = said.strip() if isinstance(said, str) else ""
    if asked.who == "people":
        rows = User.objects.filter(role=Role.APPLICANT, id_index=blind_index(value))
    elif asked.matches == "username":
        rows = User.objects.filter(role__in=STAFF, username=value)
    else:
        rows = User.objects.filter(role__in=STAFF, id_index=blind_index(value))
    found = [account for account in rows.select_related("agency") if account.in_use] if value else []
    if len(found) > 1:
        raise NoAccount(
            say("您在这里有{count}个账号，统一身份认证分不清是哪一个，请用账号和密码登录。", count=len(found))
        )
    if not found:
        raise NoAccount(say("统一身份认证认得您，但这里还没有您的账号。"))
    return found[0]


def shown_at(claims: Mapping[str, Any]) -> int:
    """The provider's time of the last authentication in seconds, never in the future; 0 if not stated."""
    said = claims.get("auth_time")
    return min(int(said), int(time())) if isinstance(said, int | float) and 0 < said < 1e12 else 0


def too_late() -> str:
    return say("统一身份认证去得太久，或者是从别的浏览器回来的，请再试一次。")


def _failed(why: str) -> SignOnFailed:
    failed = SignOnFailed(say("统一身份认证没有成功，请再试一次，或者用账号和密码登录。"))
    failed.add_note(why[:200])
    return failed


def _described(asked: SignOn) -> dict[str, Any]:
    """The provider's metadata, cached for an hour."""
    key = f"sign-on:{asked.issuer}"
    if (kept := cache.get(key)) is not None:
        return dict(kept)
    found = _asked(f"{asked.issuer.rstrip('/')}/.well-known/openid-configuration")
    if (
        found.get("issuer") != asked.issuer
        or not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= found.keys()
    ):
        raise _failed("discovery")
    cache.set(key, found, _CACHED)
    return found


def _token(asked: SignOn, described: Mapping[str, Any], waiting: Waiting, code: str) -> dict[str, Any]:
    sent = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": waiting.back, "code_verifier": waiting.verifier,
    }  # fmt: skip
    headers = {}
    ways = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" in ways:
        pair = f"{quote(asked.client_id, safe='')}:{quote(asked.client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        sent |= {"client_id": asked.client_id, "client_secret": asked.client_secret}
    return _asked(described["token_endpoint"], urlencode(sent).encode(), headers)


def _verified(asked: SignOn, described: Mapping[str, Any], token: str, nonce: str) -> dict[str, Any]:
    try:
        key = _key(described["jwks_uri"], jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=_ALGORITHMS, audience=asked.client_id, issuer=asked.issuer, leeway=_LEEWAY,
            options={"require": ["exp", "iat", "sub"]},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise _failed(type(error).__name__) from None
    if not compare_digest(str(claims.get("nonce", "")), nonce):
        raise _failed("nonce")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != asked.client_id:
        raise _failed("azp")
    return claims


def _key(where: str, kid: str | None) -> jwt.PyJWK:
    """The provider's key with this name; keys are cached for an hour, and fetched again for a new name."""
    for fresh in (False, True):
        kept = None if fresh else cache.get(f"sign-on:{where}")
        if kept is None:
            kept = _asked(where)
            cache.set(f"sign-on:{where}", kept, _CACHED)
        keys = [key for key in jwt.PyJWKSet.from_dict(kept).keys if key.public_key_use in (None, "sig")]
        if kid is None and len(keys) == 1:
            return keys[0]
        if named := next((key for key in keys if kid is not None and key.key_id == kid), None):
            return named
    raise _failed("kid")


class _NowhereElse(HTTPRedirectHandler):
    """Refuses redirects: a secret must not follow one."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _asked(where: str, sent: bytes | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    if not where.startswith(("https://", "http://")):
        raise _failed("address")
    request = Request(where, sent, {"Accept": "application/json", **(headers or {})})
    try:
        with build_opener(_NowhereElse).open(request, timeout=_SECONDS) as answer:
            found = json_once.loads(answer.read(_LARGEST))
    except HTTPError as error:
        with error:
            raise _failed(f"{error.code} of {urlsplit(where).path}") from None
    except (URLError, OSError, ValueError, RecursionError) as error:
        raise _failed(type(error).__name__) from None
    if not isinstance(found, dict):
        raise _failed("answer")
    return found
