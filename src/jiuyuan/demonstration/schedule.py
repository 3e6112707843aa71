"""Makes a demonstration: everybody's stories, interleaved in order of time, in one transaction.

A killed run leaves nothing and is repeated.
"""

import heapq
import random
import shutil
from collections.abc import Callable
from datetime import datetime
from itertools import count, islice
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jiuyuan import clock, tables
from jiuyuan.agencies import services as agencies
from jiuyuan.agencies.models import Agency, User
from jiuyuan.agencies.queries import place_of
from jiuyuan.agencies.roles import STAFF
from jiuyuan.demonstration import (
    accounts,
    claimed,
    help_given,
    help_goes_on,
    inspected,
    made_known,
    months,
    on_the_register,
    payments,
    plan,
    public_posts,
    stories,
    supervised,
    training,
)
from jiuyuan.demonstration.accounts import ACCOUNTS, HALL
from jiuyuan.demonstration.days import Days
from jiuyuan.demonstration.invented import Inventor, holder_id_number
from jiuyuan.demonstration.stories import OfficeStaff, Story, Telling
from jiuyuan.encryption import blind_index
from jiuyuan.history import ledger_key

Told = Callable[[int, int], None]

_SEED = 20220510
_ONLINE = 0.45
# The beginning of the oldest case of the first screens, in working days before the present.
_RECENT = 16
_PLATFORMS = (
    ("220102001", "clerk", "reviewer", "reviewer2"),
    ("220204001", "clerk2", "reviewer3", "reviewer3"),
    ("220581001", "clerk4", "reviewer4", "reviewer4"),
    ("222426120", "clerk5", "reviewer5", "reviewer5"),
    ("220102002", "clerk3", "reviewer2", "reviewer"),
)


def made() -> bool:
    """Whether there are accounts already. The tables must exist."""
    return User.objects.exists()


def make(data: Path, told: Told) -> None:
    """Make everything at once in an empty installation. `told` is called with the stories done and in all."""
    tables.bring_up_to_date()
    agencies.plant()
    if made():
        return
    clear_away(data)
    with transaction.atomic():
        cast = Ensemble(open_accounts(accounts.hashed_password(data)), clock.now())
        tell([*cast.of_the_first_screens(), *cast.of_the_rest()], told)


def clear_away(data: Path) -> None:
    """Delete what a killed run left outside the database."""
    shutil.rmtree(data / "documents", ignore_errors=True)
    for left in (settings.JIUYUAN.ledger, ledger_key.remembered(settings.JIUYUAN.ledger_key)):
        left.unlink(missing_ok=True)


#: Area codes of telephones by the first four digits of a division.
_AREA_CODES = {
    "2202": "0432", "2203": "0434", "2204": "0437", "2205": "0435", "2206": "0439", "2207": "0438", "2208": "0436",
    "2224": "0433",
}  # fmt: skip


def _let_be_reached() -> None:
    """Give every office an invented phone number, address and opening hours."""
    offices = list(Agency.objects.all())
    for order, office in enumerate(offices):
        office.phone = f"{_AREA_CODES.get(office.code[:4], '0431')}-8880{order:04d}"
        office.address = f"{place_of(office)}政务服务大厅1楼"
        office.hours = "周一至周五8:30至11:30、13:30至17:00"
    # An upsert: a bulk update of so many rows would be one huge CASE expression.
    Agency.objects.bulk_create(
        offices, 500, update_conflicts=True, update_fields=("phone", "address", "hours"), unique_fields=("id",)
    )


def open_accounts(hashed_password: str) -> dict[str, User]:
    _let_be_reached()
    inventor = Inventor(_SEED)
    at = accounts.agencies()
    return {
        account.username: agencies.open_account(
            account.username,
            name="网上办事大厅" if account.username == HALL else inventor.staff_name(),
            role=account.role,
            agency=at[account.agency] if account.agency else None,
            password=hashed_password,
            id_index=blind_index(holder_id_number(order)) if account.role in STAFF else "",
        )
        for order, account in enumerate(ACCOUNTS)
    }


class Ensemble:
    """Everybody in the plan, invented in order: the same day and accounts give the same people and times.

    Those of the first screens come first; the others can be requested only after them.
    """

    def __init__(self, users: dict[str, User], now: datetime) -> None:
        self._users = users
        self._inventor, self._chance = Inventor(_SEED + 1), random.Random(_SEED)
        self._days = Days(now, plan.REACH, _SEED)
        self._offices = [
            OfficeStaff(Agency.objects.get(code=code), users[clerk], users[reviewer], users[second])
            for code, clerk, reviewer, second in _PLATFORMS
        ]
        self._casts = enumerate(plan.everyone())

    def of_the_first_screens(self, *, alone: bool = False) -> list[Story]:
        """The stories of the first screens. `alone`: without the rest, but with the batches and evenings they need."""
        tales = [self._tale(order, cast) for order, cast in islice(self._casts, sum(c.first for c in plan.everyone()))]
        if alone:
            tales.append(stories.batches(self._offices[0], self._days.of(-1), _RECENT))
            tales.append(on_the_register.evenings(self._days.of(-2), _RECENT))
        return tales

    def of_the_rest(self) -> list[Story]:
        tales = [self._tale(order, cast) for order, cast in self._casts]
        first, days = self._offices[0], self._days
        couple = [self._inventor.person(first.platform, "zero_employment_family", days.ago(50)) for _ in range(2)]
        one, other = [Telling(first, person, days.of(-10 - n), first.clerk) for n, person in enumerate(couple)]
        never_applied = [
            self._inventor.person(office.platform, "older", days.ago(2))
            for office in (first, self._offices[4])
            for _ in range(9)
        ]
        leaves = self._inventor.person(first.platform, "older", days.ago(50))
        elsewhere = self._offices[4]
        at_work, at_home = [
            Telling(
                elsewhere,
                self._inventor.person(elsewhere.platform, "zero_employment_family", days.ago(50)),
                days.of(-35 - n),
                elsewhere.clerk,
            )
            for n in range(2)
        ]
        return [
            *tales,
            stories.recognised(other, 53),
            on_the_register.family(one, 50, partner=other.person),
            stories.recognised(at_home, 53),
            help_goes_on.a_family_is_cleared(at_work, 50, partner=at_home.person),
            on_the_register.lists(first, days.of(-3), never_applied),
            *(stories.batches(office, days.of(-20 - n), plan.REACH) for n, office in enumerate(self._offices)),
            on_the_register.nights(days.of(-4), plan.REACH),
            help_given.vacancies(first, days.of(-5)),
            help_given.plans(first, days.of(-6)),
            help_given.fair(first, days.of(-7)),
            help_given.offers(first, days.of(-8)),
            help_goes_on.a_helper_leaves(first, days.of(-10), self._users["supervisor"]),
            help_goes_on.in_work_and_out_again(self._offices[1], days.of(-11)),
            public_posts.posts(first, days.of(-12)),
            training.a_class_that_is_over(self._offices[1], days.of(-15)),
            training.classes(first, days.of(-14)),
            training.opens_a_shop(self._offices[1], days.of(-13)),
            claimed.claims(first, days.of(-16)),
            supervised.orders(self._users["supervisor"], first, days.of(-9)),
            months.left_afterwards(Telling(first, leaves, days.of(-17), first.clerk)),
            months.months(first, days.of(-16), self._users["province"], self._users["supervisor"]),
            payments.a_batch_is_paid(first, self._users["finance"], days.of(-18)),
            payments.another_batch_waits(first, self._users["finance"], days.of(-19)),
            claimed.an_employer_claims(first, days.of(-34)),
            inspected.an_inspection(self._users["supervisor"], first, days.of(-30)),
            inspected.a_doubt(first, days.of(-31)),
            made_known.rules_and_an_article(self._users["supervisor"], self._users["province"], days.of(-32)),
            made_known.half_of_the_staff_learn([*self._users.values()], days.of(-33)),
        ]

    def _tale(self, order: int, cast: plan.Cast) -> Story:
        office, days = self._offices[cast.office], self._days.of(order)
        person = self._inventor.person(office.platform, cast.category, days.ago(cast.start), cast.facts)
        by, channel = office.clerk, None
        if cast.by:
            by = self._users[cast.by]
            agencies.rename(by, person.name)
        elif self._chance.random() < _ONLINE:
            by, channel = self._users[HALL], self._chance.choice(("hall", "app", "mini_program"))
        return cast.way(Telling(office, person, days, by, channel), cast.start)


def tell(tales: list[Story], told: Told) -> None:
    """Tell the stories interleaved, the earliest next step first."""
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
