"""PostgreSQL: a table, or any query, answered where it lies. Only the answers come over, by COPY."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg import sql

from jiuyuan.refusals import BadInput
from jiuyuan.rules.facts import Fact
from jiuyuan.rules.sql import contradictions
from jiuyuan.screening.columns import Columns
from jiuyuan.screening.intake import place
from jiuyuan.screening.question import PLACE, Asked
from jiuyuan.screening.rejects import Rejected
from jiuyuan.screening.results import answer_column
from jiuyuan.screening.summary import columns as answer_columns

_TYPES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "date": (("date",), "date"),
    "boolean": (("bool",), "boolean"),
    "number": (("int2", "int4", "int8", "float4", "float8", "numeric"), "numeric"),
    "dates": (("_date",), "date[]"),
}
_WORDS = (("text", "varchar", "bpchar", "name"), "text")
_TOGETHER = ("as_of", "birth_date", "unemployed_since", "sex", "retirement_track")
_PIECE = 1 << 20


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that only reads. Raises `BadInput` where the database does not answer."""
    try:
        # A moment is on the day that it is in China, wherever the database and this program run.
        connection = psycopg.connect(url, connect_timeout=10, options="-c timezone=Asia/Shanghai")
    except psycopg.Error as error:
        raise BadInput(f"连不上 PostgreSQL：{str(error).strip().splitlines()[0]}") from None
    with connection:
        connection.read_only = True
        yield connection


class People:
    """A table or query whose columns are facts."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        relation: str,
        shown: str,
        asked: Asked,
        columns: Columns | None = None,
    ) -> None:
        self._connection, self._relation, self._shown, self._asked = connection, relation, shown, asked
        self._facts = asked.policy.known_facts
        self._wanted = columns or Columns(self._facts)
        self._columns = self._described()
        self.rows = self._one(f"SELECT count(*) FROM {relation}")

    @classmethod
    def table(
        cls, connection: psycopg.Connection[Any], name: str, asked: Asked, columns: Columns | None = None
    ) -> People:
        """The people of a table, which may stand in a schema (`schema.table`). Raises `BadInput` where there is none."""
        found = connection.execute("SELECT to_regclass(%s)", [_quoted(name)]).fetchone()
        if found is None or found[0] is None:
            raise BadInput(f"数据库中没有名为 {name} 的表。")
        return cls(connection, _quoted(name), name, asked, columns)

    def _one(self, query: str) -> int:
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _described(self) -> dict[str, str]:
        """For each fact, and `id`, its column as SQL. Raises `BadInput` for a column of another name or type."""
        described = self._connection.execute(f"SELECT * FROM {self._relation} LIMIT 0").description or []
        found = self._wanted.places([column.name for column in described], self._shown)
        columns = {}
        for fact, at in found.items():
            column, name = described[at], _quoted(described[at].name, whole=True)
            known = psycopg.adapters.types.get(column.type_code)
            kind = known.name if known and column.type_code == known.oid else f"_{known.name}" if known else "?"
            columns[fact] = self._read(None if fact == "id" else self._facts[fact], name, kind, column.name)
        return columns

    def _read(self, fact: Fact | None, name: str, kind: str, heading: str) -> str:
        if fact is None:
            return f"CAST({name} AS text)"
        kinds, wanted = _TYPES.get(fact.kind, _WORDS)
        if fact.kind == "date" and kind in ("timestamp", "timestamptz"):
            return f"CAST({name} AS date)"
        if kind not in kinds:
            raise BadInput(
                f"{self._shown}：{fact}所在的列 {heading} 是 {kind} 类型，应为 {wanted}；可以用视图转换后再筛查。"
            )
        return f"CAST({name} AS double precision)" if fact.kind == "number" else name

    def _bad(self) -> dict[str, str]:
        """For each fact that can be wrong, a condition that is TRUE where it is, never NULL."""
        found = {}
        for name in self._columns:
            fact = self._facts.get(name)
            if fact is None:
                continue
            if fact.kind == "choice":
                found[name] = f"{name} NOT IN ({', '.join(_text(code) for code in fact.choices)})"
            elif fact.kind == "division":
                found[name] = f"{name} !~ '^[0-9]{{6,12}}$'"
            elif fact.kind == "number":
                found[name] = f"NOT ({name} {'>' if fact.positive else '>='} 0 AND {name} <= 1e300)"
            elif fact.kind == "date":
                found[name] = f"{name} < DATE '0001-01-01' OR {name} > DATE '9999-12-31'"
            elif fact.kind == "dates":
                found[name] = f"array_position({name}, NULL) IS NOT NULL"
        return {name: f"coalesce({condition}, FALSE)" for name, condition in found.items()}

    def _contradictory(self) -> list[str]:
        facts = [name for name in self._columns if name != "id"]
        found = [each.condition for each in contradictions(facts, self._asked.as_of).values()]
        if "as_of" in facts:
            found.append(f"as_of <> DATE '{self._asked.as_of}'")
        return [f"coalesce({condition}, FALSE)" for condition in found]

    def _typed(self) -> str:
        columns = ", ".join(f"{column} AS {name}" for name, column in self._columns.items())
        return f"(SELECT {columns} FROM {self._relation}) AS read"

    def rejected(self) -> Iterator[Rejected]:
        """The rows that cannot be used."""
        bad = self._bad()
        wrong = " OR ".join([*bad.values(), *self._contradictory()])
        if not wrong:
            return
        together = [name for name in _TOGETHER if name in self._columns]
        # What cannot be read stays out of what is known: infinity is a day to PostgreSQL and none to anybody else.
        known = [f"CASE WHEN NOT ({bad.get(name, 'FALSE')}) THEN {name} END" for name in together]
        written = [f"CASE WHEN {condition} THEN CAST({name} AS text) END" for name, condition in bad.items()]
        identity = "id" if "id" in self._columns else "NULL"
        query = f"SELECT {', '.join([identity, *written, *known])} FROM {self._typed()} WHERE {wrong}"
        with self._connection.cursor(name="rejected") as cursor:
            cursor.execute(query)
            for id, *values in cursor:
                yield Rejected(
                    self._shown, "", id or "",
                    {name: value for name, value in zip(bad, values, strict=False) if value is not None},
                    {name: v for name, v in zip(together, values[len(bad) :], strict=True) if v is not None},
                )  # fmt: skip

    def query(self, checked: bool = True) -> str:
        """The whole question as SQL, about those who can be answered or, not `checked`, about everybody."""
        wrong = " OR ".join([*self._bad().values(), *self._contradictory()])
        where = f" WHERE NOT ({wrong})" if wrong and checked else ""
        names = list(self._columns)
        people = f"SELECT {', '.join(names)}, {place(names, 'postgres')} AS {PLACE} FROM {self._typed()}{where}"
        # A name for the query that is used once is no barrier: PostgreSQL reads it as part of the whole.
        return f"WITH people AS ({people}) {self._asked.query(names, 'postgres')}"

    def answers(self) -> Iterator[pa.RecordBatch]:
        """The answers for all who can be answered."""
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
    """What COPY sends, as a file."""

    def __init__(self, read: Callable[[], bytes | bytearray | memoryview]) -> None:
        self._read, self._rest = read, b""

    def readable(self) -> bool:
        return True

    def peek(self) -> bytes:
        """The beginning of what is still to come; nothing at the end."""
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


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _quoted(name: str, whole: bool = False) -> str:
    """A name as PostgreSQL reads it; with dots between its parts unless it is `whole`."""
    return sql.Identifier(*([name] if whole else name.split("."))).as_string()
