"""The notice as code: facts, conditions in three-valued logic, calendar, figures and policies.

Imports nothing from Django.
"""
