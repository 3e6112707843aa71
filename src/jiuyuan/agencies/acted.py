"""The columns that say who acted: one shape everywhere.

Of an act called `decided` a row has `decided_by`, the account, and `decided_by_name`, the name as it was printed then; of the act
that it is itself, `by` and `by_name`. The account is empty where the system acted, the public, or somebody of whom an earlier version
kept the name alone; the name never is where anybody acted. `procedures.who_acted` writes both.
"""

from typing import Any

from django.db import models

LENGTH = 80


class PrintedName(models.CharField):
    """The name as it was printed then, beside the account: `decided_by_name` of `decided_by`. A row saved without one takes the account's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": LENGTH, "blank": True, "default": "", "db_default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, row: models.Model, add: bool) -> Any:
        name = super().pre_save(row, add)
        if not name and (account := getattr(row, self.name.removesuffix("_name"))) is not None:
            name = account.name
            setattr(row, self.attname, name)
        return name


def _filling(columns: tuple[str, ...], *statements: str) -> Any:
    """What a migration runs: each statement for each column, with `table`, `account` and `username` put in."""

    def fill(_apps: Any, editor: Any) -> None:
        for column in columns:
            table, _, names = column.partition(".")
            username, _, account = names.rpartition(">")
            named = {"table": table, "username": username, "account": account.removesuffix("_name")}
            for statement in statements:
                editor.execute(statement.format(**named))
        if editor.connection.vendor == "postgresql":  # a table with checks still to come cannot be altered: check now
            editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            editor.execute("SET CONSTRAINTS ALL DEFERRED")

    return fill


def names_from_accounts(*columns: str) -> Any:
    """For a migration: fill `table.decided_by_name` from the account in `decided_by`; the names of then were not kept."""
    return _filling(
        columns,
        """UPDATE {table} SET "{account}_name" = (SELECT name FROM agencies_user WHERE id = {table}."{account}_id")
        WHERE "{account}_id" IS NOT NULL AND "{account}_name" = ''""",
    )


def accounts_from_usernames(*columns: str) -> Any:
    """For a migration: fill `table.account_id` from the account's name in the system in `table.username`, written `table.username>account`.

    Of somebody without an account stands what was kept of them."""
    return _filling(
        columns,
        """UPDATE {table} SET "{account}_id" = (SELECT id FROM agencies_user WHERE username = {table}."{username}")
        WHERE "{username}" <> ''""",
        f"""UPDATE {{table}} SET "{{account}}_name" = substr("{{username}}", 1, {LENGTH})
        WHERE "{{account}}_id" IS NULL AND "{{username}}" <> '' AND "{{account}}_name" = ''""",
    )


def usernames_from_accounts(*columns: str) -> Any:
    """The way back of `accounts_from_usernames`."""
    return _filling(
        columns,
        """UPDATE {table} SET "{username}" = (SELECT username FROM agencies_user WHERE id = {table}."{account}_id")
        WHERE "{account}_id" IS NOT NULL""",
    )
