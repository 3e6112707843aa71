"""The notice as code: facts, conditions in three values, calendar, figures and policies. Imports nothing of Django."""
