"""The engine PostgreSQL: answers a table or query in place; only the answers are transferred, by COPY."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg import sql

from jiuyuan.refusals import BadInput
from jiuyuan.rules.facts import TOGETHER
from jiuyuan.rules.sql import Contradiction, contradictions, sql_type
from jiuyuan.screening.columns import Columns
from jiuyuan.screening.intake import place
from jiuyuan.screening.question import PLACE, ScreeningQuestion
from jiuyuan.screening.reading import UnreadableFile, reader
from jiuyuan.screening.rejects import FaultyRows
from jiuyuan.screening.results import answer_column
from jiuyuan.screening.summary import columns as answer_columns
from jiuyuan.wording import say

_TYPES: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "timestamp", "timestamptz"),
    "boolean": ("bool",),
    "number": ("int2", "int4", "int8", "float4", "float8", "numeric"),
    "dates": ("_date",),
}
_WORDS = ("text", "varchar", "bpchar", "name")
_MOST_WORDS = 200_000  # of a column, which are embedded in the query
_PIECE = 1 << 20
_ROWS = 10_000


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A read-only connection. Raises `BadInput` if the database does not answer."""
    try:
        connection = psycopg.connect(url, connect_timeout=10)
    except psycopg.Error as error:
        raise BadInput(say("连不上 PostgreSQL：{splitlines}", splitlines=str(error).strip().splitlines()[0])) from None
    with connection:
        connection.read_only = True
        # Convert timestamps to days in China, wherever database and program run.
        connection.execute("SET TIME ZONE 'Asia/Shanghai'")
        yield connection


@dataclass
class _ReadColumn:
    """A column: its heading, and its value if the type fits.

    `bad`: the condition of a wrong row, None if the type does not fit; `shown`: a text only displayed. `words`:
    each distinct text, parsed once.
    """

    name: str
    heading: str
    value: str
    bad: str | None
    shown: bool = False
    words: list[tuple[str, str | None, bool]] | None = None
    doubtful: str = ""  # for the id: empty or repeated


class People:
    """A table or query with facts as columns."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        relation: str,
        shown: str,
        asked: ScreeningQuestion,
        columns: Columns | None = None,
    ) -> None:
        self._connection, self._relation, self._shown, self._asked = connection, relation, shown, asked
        self._facts = asked.policy.known_facts
        self._wanted = columns or Columns(self._facts)
        self._columns = self._described()
        self._wrong = self._look()
        self.rows = self._one(f"SELECT count(*) FROM {relation}")

    @classmethod
    def table(
        cls, connection: psycopg.Connection[Any], name: str, asked: ScreeningQuestion, columns: Columns | None = None
    ) -> People:
        """A table, possibly in a schema (`schema.table`). Raises `BadInput` if it does not exist."""
        found = connection.execute("SELECT to_regclass(%s)", [_quoted(name)]).fetchone()
        if found is None or found[0] is None:
            raise BadInput(say("数据库中没有名为 {name} 的表。", name=name))
        return cls(connection, _quoted(name), name, asked, columns)

    def _one(self, query: str) -> int:
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _described(self) -> dict[str, _ReadColumn]:
        """The column of each fact, and of `id`. Raises `BadInput` for others."""
        described = self._connection.execute(f"SELECT * FROM {self._relation} LIMIT 0").description or []
        found = self._wanted.places([column.name for column in described], self._shown)
        columns = {}
        for name, at in found.items():
            known = psycopg.adapters.types.get(described[at].type_code)
            kind = known.name if known and described[at].type_code == known.oid else f"_{known.name}" if known else "?"
            columns[name] = self._column(name, _quoted(described[at].name, whole=True), kind)
        return columns

    def _column(self, name: str, heading: str, kind: str) -> _ReadColumn:
        raw, fact = f"raw_{name}", self._facts.get(name)
        if fact is None or fact.kind == "text":
            return _ReadColumn(name, heading, f"CAST({raw} AS text)", None, shown=True)
        if kind not in _TYPES.get(fact.kind, _WORDS):
            return _ReadColumn(name, heading, "NULL", None)
        casts = {"date": f"CAST({raw} AS date)", "number": f"CAST({raw} AS double precision)"}
        value = casts.get(fact.kind, raw)
        bad = {
            "choice": f"{value} NOT IN ({', '.join(_text(code) for code in fact.choices)})",
            "division": f"{value} !~ '^[0-9]{{6,12}}$'",
            "number": f"NOT ({value} {'>' if fact.positive else '>='} 0 AND {value} <= 1e300)",
            "date": f"{value} < DATE '0001-01-01' OR {value} > DATE '9999-12-31'",
            "dates": f"array_position({value}, NULL) IS NOT NULL",
        }
        return _ReadColumn(name, heading, value, bad.get(fact.kind, "FALSE"))

    def _look(self) -> bool:
        """Parse the words of the columns that need it. Returns whether any row may have to be left out."""
        exact = {name: f"coalesce({column.bad}, FALSE)" for name, column in self._columns.items() if column.bad}
        asked = list(exact.values())
        conditions = [each for each in self._contradictory() if set(each.reads) <= set(exact)]
        values = {name: column.value for name, column in self._columns.items()}
        relation = self._typed(values)
        asked += [f"coalesce({each.condition}, FALSE)" for each in conditions]
        found = self._connection.execute(
            f"SELECT {', '.join(f'bool_or({each})' for each in asked)} FROM {relation}"
        ).fetchone() if asked else ()  # fmt: skip
        wrong = [bool(answer) for answer in found or ()]
        for (name, column), is_bad in zip(
            ((name, self._columns[name]) for name in exact), wrong[: len(exact)], strict=True
        ):
            if is_bad:
                column.words = self._words(name, column.bad or "FALSE")
        for name, column in self._columns.items():
            if column.bad is None and not column.shown:
                column.words = self._words(name, "TRUE")
        self._doubt_ids()
        return any(wrong) or any(column.words or column.doubtful for column in self._columns.values())

    def _doubt_ids(self) -> None:
        """Leave out rows with an empty or repeated id: nobody could tell whose answer it is."""
        column = self._columns.get("id")
        if column is None:
            return
        people = self._typed({"id": column.value})
        query = f"SELECT count(*) > count(nullif(id, '')), count(nullif(id, '')) > count(DISTINCT nullif(id, '')) FROM {people}"
        empty, repeated = self._connection.execute(query).fetchone() or (False, False)
        again = f"{column.value} IN (SELECT id FROM {people} GROUP BY id HAVING count(*) > 1)"
        column.doubtful = " OR ".join([f"coalesce({column.value}, '') = ''"] * empty + [again] * repeated)

    def _words(self, name: str, where: str) -> list[tuple[str, str | None, bool]]:
        """Each distinct text of a column, its value as text, and whether it is wrong.

        Raises `BadInput` if there are too many.
        """
        query = (
            f"SELECT DISTINCT CAST(raw_{name} AS text) FROM {self._typed({})} WHERE raw_{name} IS NOT NULL AND ({where})"
            f" LIMIT {_MOST_WORDS + 1}"
        )
        texts = [text for (text,) in self._connection.execute(query)]
        if len(texts) > _MOST_WORDS:
            label = self._facts[name]
            raise BadInput(
                say(
                    "{shown}：{label}一列有太多不同的写法，请先用视图转换成日期、数字或布尔类型再筛查。",
                    shown=self._shown,
                    label=label,
                )
            )
        read, words = reader(self._facts[name], self._asked.policy, self._asked.as_of), []
        for text in texts:
            try:
                words.append((text, _as_text(read(text)), False))
            except UnreadableFile:
                words.append((text, None, True))
        return words

    def _contradictory(self) -> list[Contradiction]:
        facts = [name for name in self._columns if name != "id"]
        found = list(contradictions(facts, self._asked.as_of).values())
        if "as_of" in facts:
            found.append(Contradiction(f"as_of <> DATE '{self._asked.as_of}'", ("as_of",)))
        return found

    def _typed(self, values: Mapping[str, str], joins: str = "") -> str:
        """The raw columns (`raw_…`) and their values, with the words joined."""
        raw = ", ".join(f"{column.heading} AS raw_{name}" for name, column in self._columns.items())
        read = "".join(f", {value} AS {name}" for name, value in values.items())
        return f"(SELECT inside.*{read} FROM (SELECT {raw} FROM {self._relation}) AS inside{joins}) AS read"

    def _worded(self) -> tuple[str, str, dict[str, str], str]:
        """The parts of the query: tables of words, people with parsed values, the mark of each faulty column,
        and the condition for leaving out a row.
        """
        values, marks, tables, joins = {}, {}, [], []
        for name, column in self._columns.items():
            values[name] = column.value
            if column.doubtful:
                marks[name], values[f"wrong_{name}"] = f"wrong_{name}", f"({column.doubtful})"
            if column.words is None:
                continue
            kind = sql_type(self._facts[name].kind, "postgres")
            tables.append(f"words_{name} AS MATERIALIZED ({_table(column.words, kind)})")
            joins.append(f" LEFT JOIN words_{name} ON words_{name}.written = CAST(raw_{name} AS text)")
            values[name] = f"words_{name}.value"
            if column.bad is not None:
                values[name] = f"CASE WHEN coalesce({column.bad}, FALSE) THEN {values[name]} ELSE {column.value} END"
            if any(wrong for _, _, wrong in column.words):
                marks[name] = f"wrong_{name}"
                values[f"wrong_{name}"] = f"coalesce(words_{name}.wrong, FALSE)"
        wrong = " OR ".join(
            list(marks.values()) + [f"coalesce({each.condition}, FALSE)" for each in self._contradictory()]
        )
        return ", ".join(tables), self._typed(values, "".join(joins)), marks, wrong or "FALSE"

    def rejected(self) -> Iterator[FaultyRows]:
        """Yield the unusable rows."""
        if not self._wrong:
            return
        tables, people, marks, wrong = self._worded()
        together = [name for name in TOGETHER if name in self._columns]
        identity = "id" if "id" in self._columns else "NULL"
        written = [f"CASE WHEN {mark} THEN coalesce(CAST(raw_{name} AS text), '') END" for name, mark in marks.items()]
        query = f"SELECT {', '.join([identity, *written, *together])} FROM {people} WHERE {wrong}"
        names = ["id", *(f"written_{name}" for name in marks), *together]
        with self._connection.cursor(name="rejected") as cursor:
            cursor.execute(f"WITH {tables} {query}" if tables else query)
            while rows := cursor.fetchmany(_ROWS):
                columns: dict[str, Sequence[Any]] = dict(zip(names, zip(*rows, strict=True), strict=True))
                columns |= {"read_from": [self._shown] * len(rows), "read_at": [""] * len(rows)}
                yield FaultyRows(columns, tuple(marks), tuple(together), {self._shown: self._shown})

    def query(self, checked: bool = True) -> str:
        """The whole query; `checked` leaves out unusable rows."""
        names = list(self._columns)
        tables, people, _, wrong = self._worded()
        where = f" WHERE NOT ({wrong})" if checked and self._wrong else ""
        read = f"SELECT {', '.join(names)}, {place(names, 'postgres')} AS {PLACE} FROM {people}{where}"
        # A CTE used once is inlined by PostgreSQL, so it is no optimization barrier.
        return f"WITH {tables}{', ' if tables else ''}people AS ({read}) {self._asked.query(names, 'postgres')}"

    def answers(self) -> Iterator[pa.RecordBatch]:
        """Yield the answers for all usable rows."""
        query = self.query()
        answer = answer_column(self._asked.question)
        flags = [c.name for c in answer_columns(self._asked.policy, self._asked.question, self._asked.base)]
        types = {"id": pa.string(), **dict.fromkeys([answer, *flags], pa.bool_()), PLACE: pa.int32()}
        with self._connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
            yield from _batches(copy.read, types)


def _batches(
    read: Callable[[], bytes | bytearray | memoryview], types: Mapping[str, pa.DataType]
) -> Iterator[pa.RecordBatch]:
    stream = _Stream(read)
    first = stream.peek()
    if not first:
        return
    yield from pacsv.open_csv(
        stream,
        pacsv.ReadOptions(column_names=list(types), block_size=_PIECE),
        pacsv.ParseOptions(newlines_in_values=True),
        pacsv.ConvertOptions(
            column_types=types, true_values=["t"], false_values=["f"], null_values=[""],
            strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip


class _Stream(io.RawIOBase):
    """The output of COPY as a file."""

    def __init__(self, read: Callable[[], bytes | bytearray | memoryview]) -> None:
        self._read, self._rest = read, b""

    def readable(self) -> bool:
        return True

    def peek(self) -> bytes:
        """The beginning of the remaining data; empty at the end."""
        self._rest = self._rest or bytes(self._read())
        return self._rest

    def readinto(self, buffer: Any) -> int:
        pieces, wanted = [], len(buffer)
        while wanted and (piece := self.peek()[:wanted]):
            pieces.append(piece)
            self._rest = self._rest[len(piece) :]
            wanted -= len(piece)
        whole = b"".join(pieces)
        buffer[: len(whole)] = whole
        return len(whole)


def _as_text(value: Any) -> str | None:
    """A value in PostgreSQL's text format."""
    if isinstance(value, tuple):
        return f"{{{','.join(map(str, value))}}}"
    return None if value is None else str(value)


def _table(words: Sequence[tuple[str, str | None, bool]], kind: str) -> str:
    """The words as a table: `written`, `value`, `wrong`."""
    arrays = [
        f"ARRAY[{', '.join('NULL' if each is None else _text(str(each)) for each in column)}]::text[]"
        for column in (zip(*words, strict=True) if words else ((), (), ()))
    ]
    found = f"unnest({', '.join(arrays)}) AS word(written, value, wrong)"
    return f"SELECT written, CAST(value AS {kind}) AS value, CAST(wrong AS boolean) AS wrong FROM {found}"


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _quoted(name: str, whole: bool = False) -> str:
    """Quote an identifier, with dots between its parts unless it is `whole`."""
    return sql.Identifier(*([name] if whole else name.split("."))).as_string()
