"""Finds everybody in a register with a right to a scheme of support, in one query."""

from collections.abc import Sequence
from datetime import date

from jiuyuan.rules.scheme import Scheme, together
from jiuyuan.rules.sql import Dialect, policy_query

#: A DuckDB setting for this query: pushing filters on the answers into the layers below would compute everything
#: twice, each time from the raw facts.
ANSWER_ONCE = "SET disabled_optimizers = 'filter_pushdown'"
_GRANTED = "assistance_granted"


def rights_query(
    schemes: Sequence[Scheme], day: date, columns: Sequence[str], *, dialect: Dialect = "duckdb", source: str = "people"
) -> str:
    """Select the `id` and one column for each scheme, TRUE if its conditions hold, of everybody with a right to at
    least one who is not known to receive assistance.

    `columns` of `source` as for `policy_query`, with `assistance_granted`.
    """
    answered = policy_query(
        together(schemes), day, columns, dialect=dialect, source=source, beside=(_GRANTED,), in_words=False
    )
    codes = ", ".join(scheme.code for scheme in schemes)
    return f"SELECT id, {codes} FROM ({answered}) AS answered WHERE outcome AND {_GRANTED} IS DISTINCT FROM TRUE"
