"""The night over a register of which everybody is helped, for `bench.assistance --only night`."""

import time
from typing import Any

from bench import nightly, processor

_FIRST_PLAN = 100_000_000


def measure(people: int) -> None:
    """A night over a register of which everybody is helped, and what is due counted after it."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from jiuyuan.assistance.due_today import OpenToday
    from jiuyuan.assistance.models import Interview, Measure
    from tests.assistance.offers import a_plan_with_vacancies, an_offer
    from tests.factories import staff

    call_command("migrate", verbosity=0)
    nightly.inside_plant(people)
    with connection.cursor() as cursor:
        for table in ("people_person", "recognitions_recognition"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {people})")
    clerk = staff("clerk")
    offer = an_offer(clerk, a_plan_with_vacancies(clerk))
    plan, everybody = offer.plan, f"generate_series(1, {people}) g"
    _copied(Interview.objects.unscoped().get(), {"recognition_id": "g"}, everybody)
    _copied(plan, {"id": f"{_FIRST_PLAN} + g", "recognition_id": "g"}, everybody)
    for measure in Measure.objects.unscoped().filter(plan=plan):
        _copied(measure, {"plan_id": f"{_FIRST_PLAN} + g"}, everybody)
    late = "CASE WHEN g % 101 = 0 THEN date '2026-02-01' ELSE date '2026-04-01' END"
    helped = {"recognition_id": "g", "plan_id": f"{_FIRST_PLAN} + g", "answer_by": late}
    _copied(offer, helped, f"generate_series(1, {people}, 2) g")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    figures = nightly.inside_night(people + 1)
    print(
        f"a night over {people:,} recognitions with their plans and offers: {figures.pop('seconds'):.1f} s, {processor.peak():.0f} MB"
    )
    print("".join(f"    {name}: {value}\n" for name, value in figures.items()), end="")
    began = time.monotonic()
    due = OpenToday(staff("province")).counts.total()
    print(
        f"what is due of everybody, counted for the province: {due:,} in {time.monotonic() - began:.1f} s", flush=True
    )


def _copied(row: Any, changes: dict[str, str], each: str) -> None:
    """A row of a table as often as `each` says, with SQL in the place of some columns."""
    from django.db import connection

    names, values, given = [], [], []
    for column in type(row)._meta.concrete_fields:
        if column.attname in changes:
            values.append(changes[column.attname])
        elif column.primary_key:
            continue
        else:
            values.append("%s")
            given.append(column.get_db_prep_save(getattr(row, column.attname), connection))
        names.append(connection.ops.quote_name(column.column))
    with connection.cursor() as cursor:
        doubled = [value.replace("%", "%%") if value != "%s" else value for value in values]
        cursor.execute(
            f"INSERT INTO {row._meta.db_table} ({', '.join(names)}) SELECT {', '.join(doubled)} FROM {each}", given
        )
