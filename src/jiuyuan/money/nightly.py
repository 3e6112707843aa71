"""政策找人 by night: the schemes' own conditions as one query over the register, where it lies."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, islice

from django.db import connection, transaction

from jiuyuan import loading
from jiuyuan.applications import nightly
from jiuyuan.money.models import UnclaimedScheme
from jiuyuan.money.queries import on_posts
from jiuyuan.recognitions import register, register_screening
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules.scheme import together
from jiuyuan.rules.sql import policy_query
from jiuyuan.rules.sql.row import Dialect

_CHUNK = 50_000
# What the register knows of everybody at once; of one person, `entitlements` says the same.
_SOURCE = (
    "(SELECT register.*, TRUE AS on_register,"
    " CASE WHEN id IN ({posts}) THEN TRUE WHEN NOT COALESCE(assisted_employment, FALSE) THEN FALSE END AS on_public_post"
    " FROM register) AS on_the_register"
)


@transaction.atomic
def find_unclaimed(day: date) -> int:
    """Find anew who has a right and draws nothing. Returns how many rights there are."""
    UnclaimedScheme.objects.unscoped().all().delete()
    found = chain.from_iterable(_with_a_right(region, day) for region in registry.regions())
    count = 0
    # In pieces that are in hand: while rows are copied in, the connection answers nothing else.
    while rows := [(recognition, scheme, day) for scheme, recognition in islice(found, _CHUNK)]:
        loading.insert(UnclaimedScheme, ("recognition_id", "scheme", "found_on"), rows)
        count += len(rows)
    return count


def _with_a_right(region: Region, day: date) -> Iterator[tuple[str, int]]:
    """Each scheme and recognition whose conditions all hold, where no assistance is known to be granted."""
    schemes = registry.schemes_of(region.path, day)
    if not schemes:
        return
    dialect: Dialect = "postgres" if connection.vendor == "postgresql" else "duckdb"
    columns = [*register.columns(), "on_register", "on_public_post"]
    posts = ", ".join(map(str, on_posts().values_list("recognition", flat=True))) or "NULL"
    source = _SOURCE.format(posts=posts)
    codes = [scheme.code for scheme in schemes]
    answered = policy_query(
        together(schemes), day, columns, dialect=dialect, source=source, beside=("assistance_granted",), in_words=False
    )
    query = (
        f"SELECT id, {', '.join(codes)} FROM ({answered}) AS answered"
        f" WHERE ({' OR '.join(codes)}) AND NOT COALESCE(assistance_granted, FALSE)"
    )
    for recognition, *answers in register_screening.rows(query, where=register.within(region.code)):
        yield from ((code, recognition) for code, answer in zip(codes, answers, strict=True) if answer)


nightly.also("政策找人", "unclaimed_schemes", find_unclaimed)
