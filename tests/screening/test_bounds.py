"""Memory does not grow with the number of people, and Spark needs no shuffle."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiuyuan.regions import registry
from jiuyuan.screening.intake import Clean
from jiuyuan.screening.question import ScreeningQuestion
from jiuyuan.screening.spark_engine import answered
from tests.screening.population import SCHEMA, as_parquet, population

DAY = date(2026, 11, 25)
_MEASURED = """
import resource, sys
from jiuyuan.cli import main
assert main(sys.argv[1:]) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_megabytes(*arguments: object) -> float:
    """The most memory that a screening in a process of its own took."""
    command = [sys.executable, "-c", _MEASURED, "screen", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1]) / (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_ten_times_the_people_take_hardly_more_memory(tmp_path, out, kind):
    few = pq.read_table(as_parquet(population(5, 1000, DAY), tmp_path / "few.parquet"))
    peaks = []
    for times in (100, 1000) if kind == "parquet" else (20, 200):
        file = tmp_path / f"{times}.{kind}"
        if kind == "parquet":
            with pq.ParquetWriter(file, SCHEMA) as writer:
                for piece in range(times // 100):
                    many = pa.concat_tables([few] * 100)
                    ids = pa.array([f"{piece}-{n}" for n in range(many.num_rows)])
                    writer.write_table(many.set_column(many.schema.get_field_index("id"), "id", ids))
        else:
            lines = ["id,出生日期,性别,户籍性质"] + [f"{n},1970-01-01,男,城镇户籍" for n in range(1000 * times)]
            file.write_text("\n".join(lines), "utf-8")
        peaks.append(peak_megabytes(file, "--as-of", DAY, "--out", out))
    assert peaks[1] < peaks[0] + 150, peaks


@pytest.mark.spark
def test_the_plan_of_spark_has_no_shuffle(spark, tmp_path):
    file = as_parquet(population(2, 20, DAY), tmp_path / "people.parquet")
    columns = tuple(SCHEMA.names)
    people = Clean("", columns, (Path(file),), 20, {name: name for name in columns})
    for question in ("decide", "exits"):
        plan = answered(spark, people, ScreeningQuestion(registry.policy("jilin-2022-10"), DAY, question))
        text = plan._jdf.queryExecution().executedPlan().toString()
        assert "FileScan parquet" in text
        assert "Exchange" not in text
