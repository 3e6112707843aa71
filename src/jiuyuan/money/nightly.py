"""政策找人 at night: evaluates the schemes' conditions in one query over the register."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from typing import Any

from django.db import connection, transaction

from jiuyuan import loading
from jiuyuan.applications import nightly
from jiuyuan.money.known import ABSENT_ON_REGISTER, of_people
from jiuyuan.money.models import Claim, UnclaimedScheme
from jiuyuan.recognitions import register, register_screening
from jiuyuan.recognitions.models import Recognition
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules.rights import rights_query
from jiuyuan.rules.scheme_facts import ON_FILE
from jiuyuan.rules.sql.row import Dialect, literal

_CHUNK, _KEYS = 50_000, 5_000
_KEPT = (
    "on_public_post",
    "in_subsidised_course",
    "course_certified",
    "recognised_at_start",
    "business_since",
    "first_business",
)
# Facts on file, those of `known`, and those that hold for everybody on the register; `entitlements` has the same for
# one person.
_SOURCE = """(
    SELECT {register}, TRUE AS on_register,
        CASE WHEN kept.on_public_post THEN TRUE WHEN NOT COALESCE(assisted_employment, FALSE) THEN FALSE END AS on_public_post,
        {others}
    FROM register LEFT JOIN (VALUES {rows}) AS kept(recognition, {names}) ON kept.recognition = register.id
) AS on_the_register"""


def _source() -> str:
    """The register with the facts that schemes use, as the query's table."""
    known = of_people()
    stays = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE)
    people = iter(known)
    on_file = {fact.name for fact in ON_FILE}
    rows: list[tuple[int, dict[str, Any]]] = []
    while some := list(islice(people, _KEYS)):
        found = stays.filter(person__in=some).values_list("pk", "person")
        rows += [(pk, known[person]) for pk, person in found]
    listed = [", ".join([str(pk), *(_written(name, of.get(name)) for name in _KEPT)]) for pk, of in rows]
    nobody = ", ".join(["0", *(_written(name, None) for name in _KEPT)])
    others = ", ".join(
        f"COALESCE(kept.{name}, register.{name}) AS {name}" if name in on_file else f"kept.{name}"
        for name in _KEPT
        if name != "on_public_post"
    )
    of_register = ", ".join(
        f"COALESCE({name}, FALSE) AS {name}" if name in ABSENT_ON_REGISTER else f"register.{name}"
        for name in register.columns(ON_FILE)
        if name not in _KEPT
    )
    return _SOURCE.format(
        register=of_register,
        others=others,
        names=", ".join(_KEPT),
        rows=", ".join(f"({row})" for row in (nobody, *listed)),
    )


def _written(name: str, value: object) -> str:
    if isinstance(value, date):
        return literal(value)
    kind = "DATE" if name == "business_since" else "BOOLEAN"
    return f"CAST({'NULL' if value is None else str(value).upper()} AS {kind})"


@transaction.atomic
def find_unclaimed(day: date) -> int:
    """Recompute unclaimed rights. Returns how many there are."""
    UnclaimedScheme.objects.unscoped().all().delete()
    claimed = _claimed()
    everyone = chain.from_iterable(_with_a_right(region, day) for region in registry.regions())
    found = (one for one in everyone if one not in claimed)
    count = 0
    # In lists: while COPY runs, the connection cannot fetch more rows.
    while rows := [(recognition, scheme, day) for scheme, recognition in islice(found, _CHUNK)]:
        loading.insert(UnclaimedScheme, ("recognition_id", "scheme", "found_on"), rows)
        count += len(rows)
    return count


def _claimed() -> set[tuple[str, int]]:
    """The schemes and recognitions with an open or granted claim."""
    over = (Claim.Status.REFUSED, Claim.Status.WITHDRAWN)
    rows = Claim.objects.unscoped().exclude(status__in=over).filter(recognition__isnull=False)
    return set(rows.values_list("scheme", "recognition"))


def _with_a_right(region: Region, day: date) -> Iterator[tuple[str, int]]:
    """Yield each scheme and recognition whose conditions all hold, without known assistance."""
    schemes = registry.schemes_of(region.path, day)
    if not schemes:
        return
    dialect: Dialect = "postgres" if connection.vendor == "postgresql" else "duckdb"
    columns = list(dict.fromkeys([*register.columns(ON_FILE), "on_register", *_KEPT]))
    codes = [scheme.code for scheme in schemes]
    query = rights_query(schemes, day, columns, dialect=dialect, source=_source())
    for recognition, *answers in register_screening.rows(query, ON_FILE, register.within(region.code)):
        yield from ((code, recognition) for code, answer in zip(codes, answers, strict=True) if answer)


nightly.also("政策找人", "unclaimed_schemes", find_unclaimed)
