"""Who calls: the bearer token of a member of staff, an applicant or a channel."""

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
    """`request.auth` becomes the account. A token that is wrong or no longer valid is told apart from none."""

    def __call__(self, request: HttpRequest) -> Any:
        return account_of(request)

    def authenticate(self, request: HttpRequest, token: str) -> User:
        raise NotImplementedError  # __call__ does it, so that an idempotent call knows its caller beforehand


class BearerOrPublic(Bearer):
    """Where the table of transitions lets anyone act, nobody need say who they are."""

    def __call__(self, request: HttpRequest) -> Any:
        assert request.resolver_match is not None
        known = APPLICATION.transitions(request.resolver_match.kwargs["action"])
        return account_of(request) or (PUBLIC if any(transition.public for transition in known) else None)


def account_of(request: HttpRequest) -> User | None:
    """The account of the request's token, None where it has none.

    Raises `Problem` 401 for one that does not hold, `NotForRole` for an act with one that may only read.
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
    """The account that `Bearer` found."""
    user = user_or_public(request)
    assert user is not None
    return user


def user_or_public(request: HttpRequest) -> User | None:
    return request.auth if isinstance(request.auth, User) else None  # type: ignore[attr-defined]
