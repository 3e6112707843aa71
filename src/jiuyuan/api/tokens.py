"""Authentication by bearer token, for staff, applicants and channels."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from jiuyuan.agencies import pace
from jiuyuan.agencies.models import Token, User
from jiuyuan.agencies.services import token_digest
from jiuyuan.api.problems import Problem
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.refusals import NotForRole
from jiuyuan.wording import say

PUBLIC = object()
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Bearer(HttpBearer):
    """Sets `request.auth` to the account. An invalid token is reported differently from a missing one."""

    def __call__(self, request: HttpRequest) -> Any:
        return account_of(request)

    def authenticate(self, request: HttpRequest, token: str) -> User:
        raise NotImplementedError  # `__call__` is overridden, because idempotency needs the caller first


class BearerOrPublic(Bearer):
    """For acts that the transition table opens to the public; a token is optional."""

    def __call__(self, request: HttpRequest) -> Any:
        assert request.resolver_match is not None
        known = APPLICATION.transitions(request.resolver_match.kwargs["action"])
        return account_of(request) or (PUBLIC if any(transition.public for transition in known) else None)


def account_of(request: HttpRequest) -> User | None:
    """The account of the request's token, or None.

    Raises `Problem` 401 for an invalid token, `NotForRole` for a write with a read-only token.
    """
    scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not text.strip():
        raise Problem(401, say("登录方式应为“Authorization: Bearer 令牌”。"))
    found = Token.objects.select_related("user__agency").filter(digest=token_digest(text.strip())).first()
    if found is None or not found.user.in_use:
        pace.count("wrong_token")
        raise Problem(401, say("令牌无效，请用 jiuyuan token 重新取得。"))
    if found.revoked_at is not None:
        raise Problem(
            401,
            say("令牌已于{revoked_at:date}收回，请重新取得。", revoked_at=timezone.localtime(found.revoked_at)),
        )
    if found.expires_at <= timezone.now():
        raise Problem(
            401,
            say("令牌已于{expires_at:date}到期，请重新取得。", expires_at=timezone.localtime(found.expires_at)),
        )
    if found.scope == Token.Scope.READ and request.method not in _READING:
        raise NotForRole(say("这个令牌只能查询，不能办理。要办理的，请另取一个可以办理的令牌。"))
    return found.user


def user_of(request: HttpRequest) -> User:
    """The account found by `Bearer`."""
    user = user_or_public(request)
    assert user is not None
    return user


def user_or_public(request: HttpRequest) -> User | None:
    return request.auth if isinstance(request.auth, User) else None  # type: ignore[attr-defined]
