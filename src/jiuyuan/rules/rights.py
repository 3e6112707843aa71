"""Who of a whole register has a right to which schemes of support, as one query."""

from collections.abc import Sequence
from datetime import date

from jiuyuan.rules.scheme import Scheme, together
from jiuyuan.rules.sql import Dialect, policy_query

#: A setting of DuckDB for this query: a filter on the answers that is pushed down through the layers below asks everything twice,
#: and each time of the facts themselves.
ANSWER_ONCE = "SET disabled_optimizers = 'filter_pushdown'"
_GRANTED = "assistance_granted"


def rights_query(
    schemes: Sequence[Scheme], day: date, columns: Sequence[str], *, dialect: Dialect = "duckdb", source: str = "people"
) -> str:
    """The `id` and a column for each scheme, TRUE where its conditions all hold, of everybody with a right of whom it is not
    known that assistance is granted.

    `columns` of `source` as `policy_query` takes them, with `assistance_granted`.
    """
    answered = policy_query(
        together(schemes), day, columns, dialect=dialect, source=source, beside=(_GRANTED,), in_words=False
    )
    codes = ", ".join(scheme.code for scheme in schemes)
    return f"SELECT id, {codes} FROM ({answered}) AS answered WHERE outcome AND {_GRANTED} IS DISTINCT FROM TRUE"
