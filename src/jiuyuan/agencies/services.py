"""The writers of this app: planting the agency tree, accounts and tokens."""

import hashlib
import secrets
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from jiuyuan.agencies.models import Agency, Division, Token, User
from jiuyuan.agencies.passwords import drawn
from jiuyuan.agencies.roles import Role
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.refusals import BadInput
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.wording import say

TOKEN_DAYS, MOST_TOKEN_DAYS = 180, 366


@transaction.atomic
def plant(region: Region | None = None) -> None:
    """Load the divisions and agencies of a region, by default the home region. Safe to repeat."""
    region = region or registry.home()
    if Agency.objects.filter(path=region.path).exists():
        return
    Division.objects.bulk_create(
        [Division(code=d.code, name=d.name, level=d.level, parent_id=d.parent or None) for d in region.divisions()],
        batch_size=2000,
    )
    agencies: dict[str, Agency] = {}
    links: list[tuple[str, str]] = []
    for office in region.offices():
        above = agencies[office.parent] if office.parent else None
        path = f"{above.path if above else ''}{office.code}/"
        agencies[office.code] = Agency(code=office.code, name=office.name, level=office.level, parent=above, path=path)
        links.extend((office.code, division) for division in office.divisions)
    for level in (Agency.Level.PROVINCE, Agency.Level.REGION, Agency.Level.COUNTY, Agency.Level.PLATFORM):
        at_level = [agency for agency in agencies.values() if agency.level == level]
        for agency in at_level:
            agency.parent = agency.parent  # whose primary key is known by now
        Agency.objects.bulk_create(at_level, batch_size=2000)
    through = Agency.divisions.through
    through.objects.bulk_create(
        [through(agency_id=agencies[code].pk, division_id=division) for code, division in links], batch_size=2000
    )


def open_account(
    username: str,
    *,
    name: str,
    role: str,
    agency: Agency | None = None,
    password: str = "",
    id_index: str = "",
    first_password: bool = False,
    valid_until: date | None = None,
) -> User:
    """Create an account. Raises `ValidationError` if the name is taken or the role does not fit the agency.

    - `password`: hashed (`make_password`), or empty if nobody can log in yet.
    - `id_index`: the blind index of the holder's ID number; without it staff have read-only access.
    - `first_password`: known to somebody else, so it must be changed at the first login.

    The caller checks who may open it (`people.staff`).
    """
    account = User(
        username=username,
        name=name,
        role=role,
        agency=agency,
        password=password or make_password(None),
        id_index=id_index,
        first_password=first_password,
        valid_until=valid_until,
    )
    account.full_clean()
    account.save(force_insert=True)
    return account


def rename(account: User, name: str) -> None:
    account.name = name
    account.save(update_fields=["name"])


def open_first_account(username: str) -> str | None:
    """The province account of a new system, with its password; None if there are staff already."""
    if User.objects.exists():
        return None
    password = drawn()
    agency = Agency.objects.get(path=registry.home().path)
    account = open_account(
        username,
        name=say("省级管理员"),
        role=Role.PROVINCE,
        agency=agency,
        password=make_password(password),
        first_password=True,
    )
    with transaction.atomic():
        payload = {"role": account.role, "agency": agency.code, "name": account.name}
        history.append(account.file, history.SYSTEM, "account_opened", payload, account.area)
    return password


def issue_token(
    user: User, days: int = TOKEN_DAYS, *, scope: str = Token.Scope.ACT, label: str = "", by: Actor | None = None
) -> str:
    """Issue a bearer token for the API, shown once; only its hash is stored. `by`: the issuer, for the record.

    The account must be active, and the token is valid for at most `MOST_TOKEN_DAYS`. Raises `BadInput`.
    """
    errors = []
    if not 0 <= days <= MOST_TOKEN_DAYS:
        errors.append(("days", say("天数应为1到{most_token_days}，请改正。", most_token_days=MOST_TOKEN_DAYS)))
    if scope not in Token.Scope.values:
        errors.append(("scope", say("范围应为 read（只能查询）或 act（可以办理）。")))
    if len(label) > 60:
        errors.append(("label", say("用途最多60字，请写短一些。")))
    if errors:
        raise BadInput(say("有内容需要改正。"), errors)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        until = timezone.now() + timedelta(days=days)
        kept = Token.objects.create(
            user=user, digest=token_digest(token), expires_at=until, scope=scope, label=label.strip()
        )
        if by is not None:
            payload = {"token": kept.pk, "days": days, "scope": scope, "label": label.strip()}
            history.append(user.file, by, "token_issued", payload, user.area)
    return token


@transaction.atomic
def revoke_token(token: Token, by: Actor) -> None:
    """Revoke a token; does nothing if that was done."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        history.append(token.user.file, by, "token_revoked", {"token": token.pk}, token.user.area)


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_larger_type(user: User, larger: bool) -> None:
    user.larger_type = larger
    user.save(update_fields=["larger_type"])
