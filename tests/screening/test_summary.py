"""What is counted does not depend on how the answers come."""

from datetime import date

import pyarrow as pa

from jiuyuan.regions import registry
from jiuyuan.screening.question import PLACE
from jiuyuan.screening.summary import Summary, columns

JILIN = registry.policy("jilin-2022-10")
PEOPLE = [(True, 220102001), (False, 220102001), (None, 220102002), (True, None), (False, 110105001)] * 7


def counted(people_at_once: int) -> Summary:
    summary = Summary(JILIN, date(2026, 11, 25), "decide")
    names = [column.name for column in columns(JILIN, "decide")]
    answers = pa.table({
        "outcome": pa.array([outcome for outcome, _ in PEOPLE], pa.bool_()),
        PLACE: pa.array([place for _, place in PEOPLE], pa.int32()),
        **{name: pa.array([[True, False, None][(row + at) % 3] for row in range(len(PEOPLE))], pa.bool_())
           for at, name in enumerate(names)},
    })  # fmt: skip
    for batch in answers.to_batches(max_chunksize=people_at_once):
        summary.add(batch, "outcome", PLACE)
    return summary


def test_people_are_counted_the_same_however_few_come_at_once():
    together = counted(len(PEOPLE))
    assert together.total.outcomes == [14, 14, 7]
    assert [place.outcomes for place in together.counties()] == [[7, 7, 7], [0, 7, 0], [7, 0, 0]]
    assert set(together.total.true.values()) <= {11, 12}
    assert [counted(few).text() for few in (1, 2, 16)] == [together.text()] * 3


def test_figures_may_be_asked_for_while_more_people_come():
    summary = counted(4)
    assert summary.people == len(PEOPLE)
    summary.add(pa.record_batch({
        "outcome": pa.array([True]), PLACE: pa.array([220102001], pa.int32()),
        **{column.name: pa.array([True]) for column in summary.columns},
    }), "outcome", PLACE)  # fmt: skip
    assert summary.total.outcomes == [15, 14, 7]
