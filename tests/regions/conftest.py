"""A second region beside the one that ships: `somewhere` adds it to the list and takes it away again."""

from collections.abc import Callable, Iterator

import pytest

from jiuyuan.agencies import queries, services
from jiuyuan.procedures.registry import WORKFLOWS, tables_of
from jiuyuan.regions import registry
from jiuyuan.regions.region import Region
from jiuyuan.rules import facts

CACHES: tuple[Callable[[], None], ...] = (
    registry.regions.cache_clear,
    registry.region_of.cache_clear,
    registry.materials.cache_clear,
    registry._policy.cache_clear,
    queries._divisions_by_code.cache_clear,
    queries._codes_by_name.cache_clear,
)


def forget() -> None:
    for clear in CACHES:
        clear()


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Region]:
    """云中市 in the list of regions, as a program that starts with it there has it."""
    monkeypatch.setitem(registry.FOLDERS, "somewhere", "tests.regions.somewhere")
    forget()
    region = registry.named("somewhere")
    own = [fact for rules in registry.policies(region) for fact in rules.facts]
    facts.add(own)
    for name, table in tables_of(region.code).items():
        monkeypatch.setitem(WORKFLOWS[name].procedures, region.code, table)
    yield region
    facts.remove(own)
    monkeypatch.undo()
    forget()


@pytest.fixture
def somewhere(listed: Region, db: None) -> Region:
    """The same with its divisions and agencies."""
    services.plant(listed)
    forget()
    return listed
