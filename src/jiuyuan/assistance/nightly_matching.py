"""Computes the ten best vacancies of everybody on the register: the conditions of `matching` in SQL, in chunks of
people.

Wishes and open vacancies are first written to flat tables, so that the query is the same on both databases. A
test with random people and vacancies compares it with `matching`.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from jiuyuan import loading
from jiuyuan.assistance import occupations, queries
from jiuyuan.assistance.matching import HOME, Wanted
from jiuyuan.assistance.models import BestMatch, Interview
from jiuyuan.recognitions.models import Recognition

MOST = 10
_LEVELS = 4
#: The open vacancies, and the places that contain each.
VACANCIES = {
    "open_vacancy": "vacancy bigint PRIMARY KEY, l1 text, l2 text, l3 text, l4 text, pay_from bigint, pay_high bigint, "
    "hourly int, hours text",
    "open_place": "code text, vacancy bigint",
}
#: A chunk of people, where they want to work, and the groups of their wished occupations. `wide`: they wish for the
#: whole group, which is then a top-level one.
WISHES = {
    "wanted": "recognition bigint PRIMARY KEY, named int, words int, placed int, least bigint, hours text, care int, limits int",
    "wanted_place": "recognition bigint, code text",
    "wanted_group": "recognition bigint, code text, wide int",
}
#: People per statement, so that its memory use does not grow with the register.
CHUNK = 5_000
# The weights of a failing and of an unknown condition: six unknown weigh less than one failing. Levels of nearness
# weigh less than either.
_FAILS, _UNKNOWN = 100, 10
# One row per person and vacancy in a wished place: the places of a person do not overlap, and groups are unique.
_WEIGHED = f"""
SELECT w.recognition, v.vacancy, v.pay_from,
       CASE WHEN g4.code IS NOT NULL THEN 4 WHEN g3.code IS NOT NULL THEN 3 WHEN g2.code IS NOT NULL THEN 2
            WHEN g1.code IS NOT NULL THEN 1 ELSE 0 END AS near,
       CASE WHEN w.named + w.words = 0 OR v.l1 IS NULL THEN {_UNKNOWN} WHEN g2.code IS NOT NULL OR g1.wide = 1 THEN 0
            WHEN w.words = 1 OR (v.l2 IS NULL AND g1.code IS NOT NULL) THEN {_UNKNOWN} ELSE {_FAILS} END
     + CASE WHEN w.placed = 1 THEN 0 ELSE {_UNKNOWN} END
     + CASE WHEN w.least IS NULL OR v.hourly = 1 OR v.pay_from IS NULL THEN {_UNKNOWN} WHEN v.pay_from >= w.least THEN 0
            WHEN v.pay_high < w.least THEN {_FAILS} ELSE {_UNKNOWN} END
     + CASE WHEN w.hours = '' THEN {_UNKNOWN} WHEN v.hours IN (w.hours, 'flexible') THEN 0 ELSE {_FAILS} END
     + CASE WHEN w.care = 1 AND v.hours <> 'flexible' THEN {_UNKNOWN} ELSE 0 END
     + CASE WHEN w.limits = 1 THEN {_UNKNOWN} ELSE 0 END AS weight
  FROM wanted w
  JOIN wanted_place p ON p.recognition = w.recognition
  JOIN open_place s ON s.code = p.code
  JOIN open_vacancy v ON v.vacancy = s.vacancy
  LEFT JOIN wanted_group g1 ON g1.recognition = w.recognition AND g1.code = v.l1
  LEFT JOIN wanted_group g2 ON g2.recognition = w.recognition AND g2.code = v.l2
  LEFT JOIN wanted_group g3 ON g3.recognition = w.recognition AND g3.code = v.l3
  LEFT JOIN wanted_group g4 ON g4.recognition = w.recognition AND g4.code = v.l4
"""
RANKED = f"""
SELECT recognition, vacancy,
       CASE WHEN weight >= {_FAILS} THEN 0 WHEN weight >= {_UNKNOWN} THEN NULL ELSE 1 END AS fits,
       ROW_NUMBER() OVER (
           PARTITION BY recognition ORDER BY weight - near, COALESCE(pay_from, 0) DESC, vacancy DESC
       ) AS place
  FROM ({_WEIGHED}) weighed
"""


@transaction.atomic
def match_everybody() -> int:
    """Recompute the ten best vacancies of everybody on the register. Returns how many matches there are."""
    loading.plan_for_many()
    with connection.cursor() as cursor:
        for name, shape in {**VACANCIES, **WISHES}.items():
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({shape})")
    _lay_out_vacancies()
    _know_sizes(VACANCIES)
    BestMatch.objects.unscoped().all().delete()
    table, found = BestMatch._meta.db_table, 0
    for wishes in _wishes():
        with connection.cursor() as cursor:
            for name in WISHES:
                cursor.execute(f"DELETE FROM {name}")
        for name, rows in wishes.items():
            loading.fill(name, columns_of(WISHES[name]), rows)
        _know_sizes(WISHES)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (recognition_id, vacancy_id, place, fits) "
                f"SELECT recognition, vacancy, place, CASE WHEN fits = 1 THEN TRUE WHEN fits = 0 THEN FALSE END "
                f"FROM ({RANKED}) ranked WHERE place <= {MOST}"
            )
            found += int(cursor.rowcount)
    with connection.cursor() as cursor:
        for name in (*VACANCIES, *WISHES):
            cursor.execute(f"DROP TABLE {name}")
    return found


def columns_of(shape: str) -> list[str]:
    """The column names of a table definition."""
    return [part.split()[0] for part in shape.split(", ")]


def _know_sizes(tables: Iterable[str]) -> None:
    """Run ANALYZE on temporary tables in PostgreSQL; autovacuum does not."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in tables:
                cursor.execute(f"ANALYZE {name}")


def _lay_out_vacancies() -> None:
    rows = list(queries.open_to_all().select_related(None).order_by("pk"))
    loading.fill(
        "open_vacancy",
        columns_of(VACANCIES["open_vacancy"]),
        [
            (v.pk, *levels(v.occupation), v.pay_from, v.pay_to or v.pay_from, int(v.by_the_hour), str(v.hours))
            for v in rows
        ],
    )
    loading.fill(
        "open_place",
        columns_of(VACANCIES["open_place"]),
        [(code, v.pk) for v in rows for code in places_around(v.division_id)],
    )


def places_around(division: str) -> list[str]:
    """The codes of all places that contain a division, including itself."""
    return [division[:end] for end in range(2, len(division) + 1)]


_Rows = list[tuple[object, ...]]


def _wishes() -> Iterator[dict[str, _Rows]]:
    """Yield the latest wishes of everybody on the register in chunks, as rows for the tables.

    Only whether there are health limits is read.
    """
    last = Interview.objects.unscoped().filter(recognition=OuterRef("pk")).order_by("-on", "-pk").values("pk")[:1]
    stays = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE)
    rows = (
        stays.annotate(interview=Subquery(last)).values_list("pk", "person__agency__code", "interview").order_by("pk")
    ).iterator(chunk_size=CHUNK)
    nothing = Wanted()
    while chunk := list(islice(rows, CHUNK)):
        rows_of = Interview.objects.unscoped().filter(pk__in=[interview for _, _, interview in chunk if interview])
        said = {pk: Wanted.said(wishes, limits) for pk, wishes, limits in rows_of.values_list("pk", "wishes", "limits")}
        laid: dict[str, _Rows] = {name: [] for name in WISHES}
        for pk, platform, interview in chunk:
            lay_out(laid, pk, said.get(interview, nothing), platform[:HOME])
        yield laid


def lay_out(laid: dict[str, _Rows], pk: int, wanted: Wanted, home: str) -> None:
    """Append a person's wishes to the rows of the tables."""
    laid["wanted"].append(
        (
            pk, int(bool(wanted.occupations)), int(bool(wanted.others)), int(bool(wanted.divisions)),
            wanted.lowest_pay or None, wanted.hours, int(bool(wanted.care)), int(wanted.limits),
        )
    )  # fmt: skip
    places = set(wanted.divisions or (home,))
    laid["wanted_place"] += [
        (pk, code) for code in sorted(places) if not any(code[:end] in places for end in range(2, len(code)))
    ]
    wide: dict[str, int] = {}
    for occupation in wanted.occupations:
        lies_in = occupations.groups(occupation)
        for group in lies_in:
            wide[group] = max(wide.get(group, 0), int(len(lies_in) == 1))
    laid["wanted_group"] += [(pk, group, is_wide) for group, is_wide in wide.items()]


def levels(code: str) -> list[str | None]:
    """The groups of an occupation, widest first, padded to four."""
    groups: list[str | None] = [*occupations.groups(code)]
    return groups + [None] * (_LEVELS - len(groups))
