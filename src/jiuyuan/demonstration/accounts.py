"""The logins of a demonstration."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import make_password

from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import Role
from jiuyuan.people.models import Person

_PASSWORD = "password"
_WORDS = (
    "songhua",
    "baihe",
    "jingyue",
    "nanhu",
    "yalu",
    "hunchun",
    "tumen",
    "chagan",
    "xianghai",
    "wusong",
    "meihe",
    "yitong",
)


@dataclass(frozen=True)
class DemonstrationAccount:
    """An account: its role, the code of its agency, and what to try with it."""

    username: str
    role: Role
    agency: str | None
    hint: str


APPLICANT, NEWCOMER, HELPED, HALL = "applicant", "applicant2", "applicant3", "hall"

ACCOUNTS = (
    DemonstrationAccount("clerk", Role.CLERK, "220102001", "受理、初审、公示、上报"),
    DemonstrationAccount("clerk2", Role.CLERK, "220204001", "另一个市的街道"),
    DemonstrationAccount("reviewer", Role.REVIEWER, "220102", "复核、认定、退回"),
    DemonstrationAccount("reviewer2", Role.REVIEWER, "220102", "特殊情况须两人研究"),
    DemonstrationAccount("reviewer3", Role.REVIEWER, "220204", "另一个市的复核人"),
    DemonstrationAccount("supervisor", Role.SUPERVISOR, "2201", "只看本市"),
    DemonstrationAccount("province", Role.PROVINCE, "22", "只看全省"),
    DemonstrationAccount("auditor", Role.AUDITOR, "22", "办事记录和查看记录"),
    DemonstrationAccount(APPLICANT, Role.APPLICANT, None, "申请要补正，可以改好再交"),
    DemonstrationAccount(NEWCOMER, Role.APPLICANT, None, "还没有申请，可以从头办起"),
    DemonstrationAccount("clerk3", Role.CLERK, "220102002", "同一个区的另一个街道"),
    DemonstrationAccount("clerk4", Role.CLERK, "220581001", "梅河口"),
    DemonstrationAccount("reviewer4", Role.REVIEWER, "220581", "梅河口"),
    DemonstrationAccount("supervisor2", Role.SUPERVISOR, "MHK", "梅河口，直接对省"),
    DemonstrationAccount("clerk5", Role.CLERK, "222426120", "长白山"),
    DemonstrationAccount("reviewer5", Role.REVIEWER, "CBS01", "长白山"),
    DemonstrationAccount("supervisor3", Role.SUPERVISOR, "CBS", "长白山管委会"),
    DemonstrationAccount(HALL, Role.CHANNEL, None, "办理渠道，用程序接口"),
    DemonstrationAccount("finance", Role.FINANCE, "220102", "补贴的批次和发放结果"),
    DemonstrationAccount("province2", Role.PROVINCE, "22", "参数由另一人确认"),
    DemonstrationAccount(HELPED, Role.APPLICANT, None, "在册，有帮扶计划和介绍的岗位"),
)


def password(data: Path) -> str:
    """The single password of this demonstration: generated on first use, stored in the data folder,
    readable by its owner only.
    """
    path = data / _PASSWORD
    if not path.exists():
        chosen = f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.randbelow(9000) + 1000}"
        new = path.with_suffix(f".{os.getpid()}")
        new.touch(mode=0o600)
        new.write_text(chosen, "ascii")
        new.replace(path)
    return path.read_text("ascii").strip()


def hashed_password(data: Path) -> str:
    """That password hashed once for all accounts, because hashing is slow on purpose."""
    return make_password(password(data))


def sheet() -> list[str]:
    """The lines printed by `jiuyuan demo`: user name, role, name, office and purpose of each account.

    Applicants' names are those on their invented ID cards, and are missing until these are made.
    """
    users = User.objects.select_related("agency").in_bulk([a.username for a in ACCOUNTS], field_name="username")
    lines = []
    for account in ACCOUNTS:
        user = users[account.username]
        unnamed = account.username == HELPED and not Person.objects.unscoped().filter(account=user).exists()
        words = (
            f"  {user.username:<12}",
            account.role.label,
            "" if unnamed else user.name,
            user.agency.name if user.agency else "",
            f"（{account.hint}）",
        )
        lines.append("  ".join(filter(None, words)))
    return lines


def agencies() -> dict[str, Agency]:
    return {
        a.code: a for a in Agency.objects.filter(code__in={account.agency for account in ACCOUNTS if account.agency})
    }
