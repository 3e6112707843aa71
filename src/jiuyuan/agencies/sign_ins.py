"""Where an account is logged in: one row per login, which can be ended from another browser.

New browsers are reported.
"""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from jiuyuan import clock
from jiuyuan.agencies.models import SignIn, User
from jiuyuan.history import services as history
from jiuyuan.notifications import notices
from jiuyuan.notifications import services as notifications

KEPT_FOR = timedelta(days=365)
#: Sent to the account's owner as a message, to staff at the next login; never shown at the login itself.
NEW_DEVICE = notices.declare(
    "account.new_device",
    "您的账号在一台新的设备上登录了",
    "{day:date} {at}，账号在以前没有用过的浏览器（{browser}）上登录。是您本人的，不用管；不是的，请马上改密码，并在“我的账号”里退出其他设备。",
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
# The more specific first: most browsers also name Chrome and Safari.
_PROGRAMS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("360SE", "360"),
    ("QQBrowser", "QQ"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def browser_named(user_agent: str) -> str:
    """A recognisable name of the browser, such as "Windows Edge"; empty if unknown."""
    found = [next((name for mark, name in known if mark in user_agent), "") for known in (_SYSTEMS, _PROGRAMS)]
    return " ".join(filter(None, found))


def begun(user: User, session_key: str, device: str, user_agent: str, way: str) -> bool:
    """Record a login. True if the browser is new to an account that has used others."""
    rows, now = SignIn.objects.filter(user=user), clock.now()
    is_new = not rows.filter(device=device).exists() and rows.exists()
    SignIn.objects.create(
        user=user, session_key=session_key, device=device, browser=browser_named(user_agent), way=way,
        began_at=now, seen_at=now,
    )  # fmt: skip
    return is_new


def seen(session_key: str) -> None:
    SignIn.objects.filter(session_key=session_key).update(seen_at=clock.now())


def goes_on_as(before: str, session_key: str) -> None:
    """Move a login to a new session key, as after a password change."""
    SignIn.objects.filter(session_key=before).exclude(session_key="").update(session_key=session_key)


def open_of(user: User) -> list[SignIn]:
    """The open logins, last used first."""
    rows = list(SignIn.objects.filter(user=user).exclude(session_key=""))
    alive = Session.objects.filter(
        session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
    ).values_list("session_key", flat=True)
    keys = set(alive)
    return [row for row in rows if row.session_key in keys]


def close(session_key: str) -> None:
    """Record a logout."""
    SignIn.objects.filter(session_key=session_key).exclude(session_key="").update(session_key="")


def close_all(user: User, but: str = "") -> int:
    """End all logins of an account but one session. Returns how many were open."""
    rows = open_of(user)
    keys = [row.session_key for row in rows if row.session_key != but]
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(user=user).exclude(session_key=but).update(session_key="")
    return len(keys)


@transaction.atomic
def end_others(user: User, session_key: str) -> int:
    """退出其他设备: end all other logins."""
    ended = close_all(user, but=session_key)
    if ended:
        history.append(user.file, user.actor, "other_logins_ended", {"count": ended}, user.area)
    return ended


def tell_of_new_device(user: User, user_agent: str) -> None:
    fields = {"day": clock.today(), "at": f"{clock.now():%H:%M}", "browser": browser_named(user_agent) or "—"}
    notifications.write(user.file, NEW_DEVICE, fields, recipient=user.username)


def forget_old() -> None:
    """Delete logins older than a year, and expired sessions."""
    SignIn.objects.filter(seen_at__lt=clock.now() - KEPT_FOR).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
