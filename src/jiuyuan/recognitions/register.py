"""The register as one table for query engines: every active recognition with the person's known facts.

PostgreSQL queries it in place; from SQLite it is exported as Arrow (`register_batches`). Imports nothing from
Django, whose start takes longer than screening 200,000 people.
"""

from collections.abc import Sequence

from jiuyuan.rules.facts import ON_FILE, SCHEMA, FactDefinition

_POSTGRES = {"date": "date", "boolean": "boolean", "number": "numeric"}

#: The query, with a placeholder for the columns.
REGISTER = """
    SELECT r.id, r.recognised_on, {columns}
    FROM recognitions_recognition r JOIN people_knownfacts k ON k.person_id = r.person_id
    WHERE r.status = 'active'
"""


def columns(own: Sequence[FactDefinition] = ()) -> list[str]:
    """The recognition's number as `id`, then facts by name; `own` are those of the policy."""
    return ["id", "recognised_on", *ON_FILE, *(fact.name for fact in own)]


def within(region: str, areas: Sequence[str] = ()) -> str:
    """The condition for a region, or for some areas of it. Codes and paths come from the system and need no quoting."""
    narrowed = f" AND r.area IN ({', '.join(map(repr, areas))})" if areas else ""
    return f" AND r.region = '{region}'{narrowed}"


def in_postgres(own: Sequence[FactDefinition] = (), where: str = "") -> str:
    """The table as a PostgreSQL query, restricted by `where` (see `within`)."""
    # An absent list is unknown, an empty one is not.
    as_dates = "CASE WHEN k.{0} IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(k.{0})::date) END AS {0}"
    of_schema = (as_dates.format(name) if SCHEMA[name].kind == "dates" else f"k.{name}" for name in ON_FILE)
    return REGISTER.format(columns=", ".join([*of_schema, *map(_own_in_postgres, own)])) + where


def _own_in_postgres(fact: FactDefinition) -> str:
    if fact.kind == "dates":
        days = f"ARRAY(SELECT jsonb_array_elements_text(k.own->'{fact.name}')::date)"
        return f"CASE WHEN k.own ? '{fact.name}' THEN {days} END AS {fact.name}"
    return f"(k.own->>'{fact.name}')::{_POSTGRES.get(fact.kind, 'text')} AS {fact.name}"
