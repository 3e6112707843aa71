"""The system's own register, screened on the database it lies in."""

import pyarrow.parquet as pq
import pytest
from django.db import connection

from jiuyuan import clock
from jiuyuan.recognitions import register, register_batches
from jiuyuan.regions import registry
from jiuyuan.screening.postgres_engine import People, connect
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.screen import Screened, screen_batches, screen_postgres
from tests.recognitions.register import learn, on_the_register


def screened(asked: ScreeningQuestion, out) -> Screened:
    if connection.vendor != "postgresql":
        return screen_batches(register_batches.batches(), "register", asked, out)
    there = connection.get_connection_params()
    url = f"postgresql://{there['user']}@{there['host']}:{there['port']}/{there['dbname']}"
    with connect(url) as database:
        return screen_postgres(
            People(database, f"({register.in_postgres()}) AS register", "register", asked), asked, out
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("question", ["decide", "exits"])
def test_the_register_is_answered_where_it_lies(out, question):
    quiet, drawing = on_the_register(), on_the_register(born="1979-05-05")
    learn(drawing, receives_pension=True, service_refusals=["2025-12-01"])
    summary = screened(ScreeningQuestion(registry.policy("jilin-2022-10"), clock.today(), question), out).summary
    assert (summary.people, summary.rejected) == (2, 0)
    rows = {row["id"]: row for row in pq.read_table(out).to_pylist()}
    assert set(rows) == {str(quiet.pk), str(drawing.pk)}
    if question == "exits":
        assert rows[str(drawing.pk)]["pension_or_retirement"] is True
        assert rows[str(quiet.pk)]["pension_or_retirement"] is not True
        assert rows[str(drawing.pk)]["withdrew_or_refused"] is not True
    else:
        assert rows[str(quiet.pk)]["outcome"] == "eligible"
