"""Translates conditions into one SQL query, for DuckDB, PostgreSQL and Spark.

The day of the question is a constant, so ages and periods become comparisons with constant dates. The only month
arithmetic is `start + n months <= day` where both vary by row (refusals), the one form in which all engines agree
with Python.
"""

from jiuyuan.rules.sql.query import Contradiction, Question, contradictions, policy_query
from jiuyuan.rules.sql.row import Dialect, SqlRow, literal, sql_type

__all__ = ["Contradiction", "Dialect", "Question", "SqlRow", "contradictions", "literal", "policy_query", "sql_type"]
