"""The ten best vacancies of everybody on the register, found in one query: the conditions of `matching`, once more as SQL.

Wishes and open vacancies are laid out flat first, so that the query is the same on both databases. That both answers are one
is held by a test that draws people and vacancies at random.
"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from jiuyuan import loading
from jiuyuan.assistance import occupations, queries
from jiuyuan.assistance.matching import HOME, Wanted
from jiuyuan.assistance.models import BestMatch, Interview
from jiuyuan.recognitions.models import Recognition

MOST = 10
_LEVELS = 4
_TABLES = {
    "open_vacancy": "vacancy bigint PRIMARY KEY, l1 text, l2 text, l3 text, l4 text, pay_from bigint, pay_high bigint, "
    "hourly int, hours text",
    "open_place": "code text, vacancy bigint",
    "wanted": "recognition bigint PRIMARY KEY, named int, words int, placed int, least bigint, hours text, care int, limits int",
    "wanted_place": "recognition bigint, code text",
    "wanted_occupation": "recognition bigint, l1 text, l2 text, l3 text, l4 text",
}
_COLUMNS = {name: [part.split()[0] for part in shape.split(", ")] for name, shape in _TABLES.items()}
_PAIRS = """
SELECT w.recognition, v.vacancy, w.named, w.words, w.placed, w.least, w.hours AS wished, w.care, w.limits,
       v.l1, v.pay_from, v.pay_high, v.hourly, v.hours,
       MAX(CASE WHEN (o.l2 IS NULL AND o.l1 = v.l1) OR o.l2 = v.l2 THEN 2
                WHEN v.l2 IS NULL AND o.l1 = v.l1 THEN 1 ELSE 0 END) AS nearly,
       MAX(CASE WHEN o.l4 = v.l4 THEN 4 WHEN o.l3 = v.l3 THEN 3 WHEN o.l2 = v.l2 THEN 2 WHEN o.l1 = v.l1 THEN 1
                ELSE 0 END) AS near
  FROM wanted w
  JOIN wanted_place p ON p.recognition = w.recognition
  JOIN open_place s ON s.code = p.code
  JOIN open_vacancy v ON v.vacancy = s.vacancy
  LEFT JOIN wanted_occupation o ON o.recognition = w.recognition
 GROUP BY w.recognition, v.vacancy, w.named, w.words, w.placed, w.least, w.hours, w.care, w.limits,
          v.l1, v.pay_from, v.pay_high, v.hourly, v.hours
"""
# 1: it fits, 0: it does not, 2: it is unknown.
_ANSWERS = f"""
SELECT recognition, vacancy, near, pay_from,
       CASE WHEN named + words = 0 OR l1 IS NULL THEN 2 WHEN nearly = 2 THEN 1
            WHEN words = 1 OR nearly = 1 THEN 2 ELSE 0 END AS occupation,
       CASE WHEN placed = 1 THEN 1 ELSE 2 END AS place,
       CASE WHEN least IS NULL OR hourly = 1 OR pay_from IS NULL THEN 2 WHEN pay_from >= least THEN 1
            WHEN pay_high < least THEN 0 ELSE 2 END AS pay,
       CASE WHEN wished = '' THEN 2 WHEN hours IN (wished, 'flexible') THEN 1 ELSE 0 END AS hours,
       CASE WHEN care = 1 AND hours <> 'flexible' THEN 2 ELSE 1 END AS care,
       CASE WHEN limits = 1 THEN 2 ELSE 1 END AS limits
  FROM ({_PAIRS}) pairs
"""


def _count(answer: int) -> str:
    names = ("occupation", "place", "pay", "hours", "care", "limits")
    return " + ".join(f"CASE WHEN {name} = {answer} THEN 1 ELSE 0 END" for name in names)


_COUNTED = f"SELECT recognition, vacancy, near, pay_from, {_count(0)} AS failed, {_count(2)} AS unknown FROM ({_ANSWERS}) answers"
RANKED = f"""
SELECT recognition, vacancy,
       CASE WHEN failed > 0 THEN 0 WHEN unknown > 0 THEN NULL ELSE 1 END AS fits,
       ROW_NUMBER() OVER (
           PARTITION BY recognition
           ORDER BY CASE WHEN failed > 0 THEN 2 WHEN unknown > 0 THEN 1 ELSE 0 END, failed, unknown, near DESC,
                    COALESCE(pay_from, 0) DESC, vacancy DESC
       ) AS place
  FROM ({_COUNTED}) counted
"""


@transaction.atomic
def match_everybody() -> int:
    """Find the ten best vacancies of everybody on the register anew. Returns how many matches there are."""
    with connection.cursor() as cursor:
        for name, shape in _TABLES.items():
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({shape})")
    _lay_out_vacancies()
    _lay_out_wishes()
    BestMatch.objects.unscoped().all().delete()
    table = BestMatch._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (recognition_id, vacancy_id, place, fits) "
            f"SELECT recognition, vacancy, place, CASE WHEN fits = 1 THEN TRUE WHEN fits = 0 THEN FALSE END "
            f"FROM ({RANKED}) ranked WHERE place <= {MOST}"
        )
        found = int(cursor.rowcount)
        for name in _TABLES:
            cursor.execute(f"DROP TABLE {name}")
    return found


def _lay_out_vacancies() -> None:
    rows = list(queries.open_to_all().select_related(None).order_by("pk"))
    loading.fill(
        "open_vacancy",
        _COLUMNS["open_vacancy"],
        [
            (v.pk, *_levels(v.occupation), v.pay_from, v.pay_to or v.pay_from, int(v.by_the_hour), str(v.hours))
            for v in rows
        ],
    )
    places = [(v.division_id[:end], v.pk) for v in rows for end in range(2, len(v.division_id) + 1)]
    loading.fill("open_place", _COLUMNS["open_place"], places)


def _lay_out_wishes() -> None:
    """The last word of everybody on the register. Of limits of health only whether there are any is read."""
    last = Interview.objects.unscoped().filter(recognition=OuterRef("pk")).order_by("-on", "-pk").values("pk")[:1]
    stays = Recognition.objects.unscoped().filter(status=Recognition.Status.ACTIVE)
    rows = (
        stays.annotate(interview=Subquery(last)).values_list("pk", "person__agency__code", "interview").order_by("pk")
    )
    people: list[tuple[object, ...]] = []
    places: list[tuple[object, ...]] = []
    jobs: list[tuple[object, ...]] = []
    for chunk in _chunks(rows.iterator(chunk_size=_CHUNK)):
        said = Interview.objects.unscoped().in_bulk([interview for _, _, interview in chunk if interview])
        for pk, platform, interview in chunk:
            wanted = Wanted.of(said.get(interview))
            people.append(
                (
                    pk, int(bool(wanted.occupations)), int(bool(wanted.others)), int(bool(wanted.divisions)),
                    wanted.lowest_pay or None, wanted.hours, int(bool(wanted.care)), int(wanted.limits),
                )
            )  # fmt: skip
            places += [(pk, code) for code in dict.fromkeys(wanted.divisions or (platform[:HOME],))]
            jobs += [(pk, *_levels(code)) for code in wanted.occupations]
        loading.fill("wanted", _COLUMNS["wanted"], people)
        loading.fill("wanted_place", _COLUMNS["wanted_place"], places)
        loading.fill("wanted_occupation", _COLUMNS["wanted_occupation"], jobs)
        people, places, jobs = [], [], []


_CHUNK = 5000
_Row = tuple[int, str, int | None]


def _chunks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    chunk: list[_Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _levels(code: str) -> list[str | None]:
    """The groups in which an occupation lies, the widest first, filled up to four."""
    groups: list[str | None] = [*occupations.groups(code)]
    return groups + [None] * (_LEVELS - len(groups))
