"""The register as one table for the engines: every active recognition with what is known about the person.

PostgreSQL answers over a query where the rows lie; out of SQLite they come as Arrow (`register_batches`). Imports nothing of
Django, whose start takes longer than the screening of 200,000 people.
"""

from collections.abc import Sequence

from jiuyuan.rules.facts import ON_FILE, SCHEMA, FactDefinition

_POSTGRES = {"date": "date", "boolean": "boolean", "number": "numeric"}

#: The query, its columns still to be said.
REGISTER = """
    SELECT r.id, r.recognised_on, {columns}
    FROM recognitions_recognition r JOIN people_knownfacts k ON k.person_id = r.person_id
    WHERE r.status = 'active'
"""


def columns(own: Sequence[FactDefinition] = ()) -> list[str]:
    """The recognition's number as `id`, then facts by name, `own` those of the policy that asks."""
    return ["id", "recognised_on", *ON_FILE, *(fact.name for fact in own)]


def within(region: str, areas: Sequence[str] = ()) -> str:
    """What narrows the table to a region, or to some areas of it. Codes and paths are the system's own and need no quoting."""
    narrowed = f" AND r.area IN ({', '.join(map(repr, areas))})" if areas else ""
    return f" AND r.region = '{region}'{narrowed}"


def in_postgres(own: Sequence[FactDefinition] = (), where: str = "") -> str:
    """The table, or what is `within` a region of it, as a query for PostgreSQL."""
    # An absent list is unknown, an empty one is not.
    as_dates = "CASE WHEN k.{0} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(k.{0})::date) END AS {0}"
    of_schema = (as_dates.format(name) if SCHEMA[name].kind == "dates" else f"k.{name}" for name in ON_FILE)
    return REGISTER.format(columns=", ".join([*of_schema, *map(_own_in_postgres, own)])) + where


def _own_in_postgres(fact: FactDefinition) -> str:
    if fact.kind == "dates":
        days = f"ARRAY(SELECT jsonb_array_elements_text(k.own->'{fact.name}')::date)"
        return f"CASE WHEN k.own ? '{fact.name}' THEN {days} END AS {fact.name}"
    return f"(k.own->>'{fact.name}')::{_POSTGRES.get(fact.kind, 'text')} AS {fact.name}"
