"""The columns that say who acted, the same in all models.

A row acted on by `decided` has `decided_by`, the account, and `decided_by_name`, the name as printed at the time;
a row that is itself the act has `by` and `by_name`. The account is empty if the system or the public acted, or if
an earlier version stored only the name; the name is empty only if nobody has acted. `procedures.who_acted` fills
both.
"""

from typing import Any

from django.db import models

LENGTH = 80


class PrintedName(models.CharField):
    """The name as printed at the time, beside the account: `decided_by_name` of `decided_by`.

    Defaults to the account's name.
    """

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
    """A migration function: runs each statement for each column, with `table`, `account` and `username` filled in."""

    def fill(_apps: Any, editor: Any) -> None:
        for column in columns:
            table, _, names = column.partition(".")
            username, _, account = names.rpartition(">")
            named = {"table": table, "username": username, "account": account.removesuffix("_name")}
            for statement in statements:
                editor.execute(statement.format(**named))
        # PostgreSQL cannot alter a table with pending constraint checks: run them now.
        if editor.connection.vendor == "postgresql":
            editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            editor.execute("SET CONSTRAINTS ALL DEFERRED")

    return fill


def names_from_accounts(*columns: str) -> Any:
    """For migrations: fill `table.decided_by_name` from the account in `decided_by`;
    the names of the time were not stored.
    """
    return _filling(
        columns,
        """UPDATE {table} SET "{account}_name" = (SELECT name FROM agencies_user WHERE id = {table}."{account}_id")
        WHERE "{account}_id" IS NOT NULL AND "{account}_name" = ''""",
    )


def accounts_from_usernames(*columns: str) -> Any:
    """For migrations: fill `table.account_id` from the user name in `table.username`, written
    `table.username>account`.

    People without an account keep what was stored.
    """
    return _filling(
        columns,
        """UPDATE {table} SET "{account}_id" = (SELECT id FROM agencies_user WHERE username = {table}."{username}")
        WHERE "{username}" <> ''""",
        f"""UPDATE {{table}} SET "{{account}}_name" = substr("{{username}}", 1, {LENGTH})
        WHERE "{{account}}_id" IS NULL AND "{{username}}" <> '' AND "{{account}}_name" = ''""",
    )


def usernames_from_accounts(*columns: str) -> Any:
    """The reverse of `accounts_from_usernames`."""
    return _filling(
        columns,
        """UPDATE {table} SET "{username}" = (SELECT username FROM agencies_user WHERE id = {table}."{account}_id")
        WHERE "{account}_id" IS NOT NULL""",
    )
