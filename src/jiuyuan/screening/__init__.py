"""Evaluates a policy for a whole population, with the same answer for each person as `decide` and `exits`.

Files are found and converted (`files`, `tables`), every value is checked once (`reading`, `intake`), an engine
answers (`duckdb_engine`, `spark_engine`, `postgres_engine`), and answers are written and counted as they come
(`results`, `summary`, `report`). Imports nothing from Django.
"""
