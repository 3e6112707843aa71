"""Making a demonstration: everybody's story, told side by side in the order of time, in one transaction.

Either all of it is there or nothing: what was killed half-way is begun anew.
"""

import heapq
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction

from jiuyuan import clock
from jiuyuan.agencies import services as agencies
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.roles import STAFF
from jiuyuan.demonstration import accounts, on_the_register, plan, stories
from jiuyuan.demonstration.accounts import ACCOUNTS, APPLICANT, HALL
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.invented import Inventor, holder_id_number
from jiuyuan.demonstration.stories import Office, Story, Telling
from jiuyuan.encryption import blind_index
from jiuyuan.history import ledger_key

_SEED = 20220510
_ONLINE = 0.45
_PLATFORMS = (
    ("220102001", "clerk", "reviewer", "reviewer2"),
    ("220204001", "clerk2", "reviewer3", "reviewer3"),
    ("220581001", "clerk4", "reviewer4", "reviewer4"),
    ("222426120", "clerk5", "reviewer5", "reviewer5"),
    ("220102002", "clerk3", "reviewer2", "reviewer"),
)


def made() -> bool:
    """Whether the demonstration is there, whole. The tables must be."""
    return User.objects.exists()


def make(data: Path, ledger: Path, told: Callable[[int, int], None]) -> None:
    """Make it in an empty installation. `told` hears how many stories of how many are over."""
    call_command("migrate", verbosity=0)
    if made():
        return
    shutil.rmtree(data / "documents", ignore_errors=True)  # of a demonstration that was killed half-way
    for left in (ledger, ledger_key.remembered(settings.JIUYUAN.ledger_key)):
        left.unlink(missing_ok=True)
    agencies.plant_jilin()
    with transaction.atomic():
        inventor = Inventor(_SEED)
        users = _open_accounts(accounts.password(data), inventor)
        _tell(list(_stories(users, inventor, clock.now(), ledger)), told)


def _open_accounts(password: str, inventor: Inventor) -> dict[str, User]:
    hashed = make_password(password)  # once: hashing is slow on purpose
    at = accounts.agencies()
    return {
        account.username: agencies.open_account(
            account.username,
            name="网上办事大厅" if account.username == HALL else inventor.staff_name(),
            role=account.role,
            agency=at[account.agency] if account.agency else None,
            password=hashed,
            id_index=blind_index(holder_id_number(order)) if account.role in STAFF else "",
        )
        for order, account in enumerate(ACCOUNTS)
    }


def _stories(users: dict[str, User], inventor: Inventor, now: datetime, ledger: Path) -> Iterator[Story]:
    chance = random.Random(_SEED)
    days = Days(now, plan.REACH, _SEED)
    offices = [
        Office(Agency.objects.get(code=code), users[clerk], users[reviewer], users[second])
        for code, clerk, reviewer, second in _PLATFORMS
    ]
    first = offices[0]
    for cast in plan.everyone():
        office = offices[cast.office]
        person = inventor.person(office.platform, cast.category, days.ago(cast.start), cast.facts)
        by, channel = office.clerk, None
        if cast.by == APPLICANT:
            by = users[APPLICANT]
            agencies.rename(by, person.name)
        elif chance.random() < _ONLINE:
            by, channel = users[HALL], chance.choice(("hall", "app", "mini_program"))
        yield cast.way(Telling(office, person, days, by, channel), cast.start)
    couple = [inventor.person(first.platform, "zero_employment_family", days.ago(50)) for _ in range(2)]
    one, other = [Telling(first, person, days, first.clerk) for person in couple]
    yield stories.recognised(other, 53)
    yield on_the_register.family(one, 50, partner=other.person)
    never_applied = [
        inventor.person(office.platform, "older", days.ago(2)) for office in (first, offices[4]) for _ in range(9)
    ]
    yield on_the_register.lists(first, days, never_applied)
    yield from (stories.batches(office, days, plan.REACH) for office in offices)
    yield on_the_register.nights(days, plan.REACH, ledger)


def _tell(tales: list[Story], told: Callable[[int, int], None]) -> None:
    order, over = count(), 0
    waiting = [(moment, next(order), tale) for tale in tales if (moment := next(tale, None))]
    heapq.heapify(waiting)
    while waiting:
        moment, _, tale = waiting[0]
        with clock.standing_at(moment):
            following = next(tale, None)
        if following is None:
            heapq.heappop(waiting)
            over += 1
            told(over, len(tales))
        else:
            heapq.heapreplace(waiting, (following, next(order), tale))
