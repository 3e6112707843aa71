"""A policy over a whole population, with the same answer for the same person as `decide` and `exits`.

Files come in (`files`, `tables`), every value is checked once (`reading`, `intake`), an engine answers (`duckdb_engine`,
`spark_engine`, `postgres_engine`), and the answers are written and counted as they come (`results`, `summary`, `report`).
Imports nothing of Django.
"""
