"""The registry of regions: lookup by code, by an agency's path, or by a policy's code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from json import loads
from pathlib import Path
from time import monotonic
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, NoReturn

from jiuyuan.regions import entered
from jiuyuan.regions.entered import Entered
from jiuyuan.regions.region import Region
from jiuyuan.rules import calendar
from jiuyuan.rules.parameters import Limit, defaults, read_own_limits, unset
from jiuyuan.rules.policy import MATERIALS, NO_ONE_PAPER, Category, Exit, Policy, UnknownPolicy, read

if TYPE_CHECKING:
    from jiuyuan.regions.papers import Papers
    from jiuyuan.regions.posts import PublicPosts
    from jiuyuan.regions.questions import Questions
    from jiuyuan.rules.scheme import Scheme

#: The folders of the regions. The first is the default. A folder may hold only a policy.
FOLDERS: dict[str, str] = {name: f"jiuyuan.regions.{name}" for name in ("jilin", "zhejiang")}

#: Limits from the installation's `limits.toml`, for regions with the agencies it names, or for all.
_own: list[Limit] = []

#: Limits published by cities (六) and values entered by offices, as read for the day `_read_on`, with the time of
#: reading.
_published: tuple[Limit, ...] = ()
_entered = Entered()
_read_on: date | None = None
_read_at = 0.0
_read_published: Callable[[], Iterable[Limit] | None] | None = None
_read_entered: Callable[[], Entered | None] | None = None
#: The seconds after which other processes see a change.
_KNOWN_FOR = 60


@cache
def regions() -> tuple[Region, ...]:
    """Every region with agencies, in list order."""
    return tuple(_stated())


def home() -> Region:
    """The default region: the first of the list."""
    return region_of("")


def named(code: str) -> Region:
    """The region with this code. Raises KeyError."""
    return next((region for region in regions() if region.code == code), None) or _unknown(code)


@lru_cache(maxsize=4096)
def region_of(path: str) -> Region:
    """The region of the agency with this path, narrowed to it; the home region for an empty path."""
    if not path:
        return _at(next(_stated()), path)
    found = [region for region in regions() if path.startswith(region.path)]
    if not found:
        _unknown(path)
    return _at(max(found, key=lambda region: len(region.path)), path)


def part(region: str, name: str) -> ModuleType | None:
    """A module of a region's folder, or None: `procedure`, `clauses`, `papers`, `questions` or `schemes`.

    They are imported on demand, so that programs load only what they need.
    """
    return _module(f"{FOLDERS[region]}.{name}")


def policy(code: str) -> Policy:
    """The policy with this code: `jilin-2022-10` is `policy_2022_10.py` in the folder of its region.

    Raises UnknownPolicy.
    """
    try:
        return _policy(code)
    except KeyError:
        default = home().policies[-1].code
        raise UnknownPolicy(f"没有代号为“{code}”的政策；可写代号（如 {default}）或政策文件的路径（.py）") from None


def asked_for(text: str | None) -> Policy:
    """The policy named on a command line, by code or as a Python file; by default the home region's newest.

    A policy file is a program: load only files that you would run. Raises UnknownPolicy.
    """
    if text is None:
        return policy(home().policies[-1].code)
    return read(Path(text)) if text.endswith(".py") else policy(text)


def policy_of(path: str, day: date) -> Policy:
    """The policy of the agency with this path on a day."""
    return policy(region_of(path).policy_code(day))


def policies(region: Region | None = None) -> Iterator[Policy]:
    """The policies of a region, newest first; without a region those of all regions, in list order."""
    for one in (region,) if region else regions():
        yield from (policy(each.code) for each in reversed(one.policies))


def papers_of(path: str) -> Papers:
    """The papers for the agency with this path. Raises LookupError if its region has none: there is no fallback."""
    code = region_of(path).code
    if (module := part(code, "papers")) is None:
        raise LookupError(f"region {code} has no papers")
    found: Papers = module.PAPERS
    # The wording of the nearest office takes precedence over that of the offices above it.
    near = sorted((one for one in _entered.letters if path.startswith(one.area)), key=lambda one: len(one.area))
    return found.worded({one.letter: dict(one.sentences) for one in near})


def questions_of(path: str) -> Questions:
    """The form's questions for the agency with this path. Raises LookupError if the region has no form."""
    code = region_of(path).code
    if (module := part(code, "questions")) is None:
        raise LookupError(f"region {code} has no questions")
    found: Questions = module.QUESTIONS
    return found


def posts_of(path: str) -> PublicPosts | None:
    """The rules for public-interest posts for the agency with this path, or None."""
    module = part(region_of(path).code, "posts")
    found: PublicPosts | None = module.POSTS if module else None
    return found


def schemes_of(path: str, day: date) -> tuple[Scheme, ...]:
    """The schemes of support in force on a day for the agency with this path."""
    return tuple(scheme for scheme in schemes(region_of(path).code) if scheme.in_force(day))


def schemes(region: str) -> tuple[Scheme, ...]:
    """Every scheme of a region, in force or not."""
    module = part(region, "schemes")
    return tuple(module.SCHEMES) if module else ()


def scheme(region: str, code: str) -> Scheme:
    """The scheme of a region with this code. Raises `KeyError`."""
    return {one.code: one for one in schemes(region)}[code]


@cache
def materials() -> Mapping[str, str]:
    """The names of all kinds of material, by code: the common ones, those of policies,
    then those that are not one particular paper.
    """
    names: dict[str, str] = {}
    for rules in policies():
        for one in rules.materials_for(rules.titles):
            names |= one.names
    papers = {code: name for code, name in MATERIALS.items() if code not in NO_ONE_PAPER}
    return MappingProxyType({**papers, **names, **MATERIALS})


def document_of(code: str) -> str:
    """The citation of a policy in letters: title and number."""
    found = policy(code)
    return f"《{found.title}》（{found.document}）"


def categories(region: Region | None = None) -> dict[str, Category]:
    """Every category of these policies by code, in its newest version; the home region's first."""
    newest = {clause.code: clause for rules in reversed([*policies(region)]) for clause in rules.categories}
    order = dict.fromkeys(clause.code for rules in policies(region) for clause in rules.categories)
    return {code: newest[code] for code in order}


def exits(region: Region | None = None) -> dict[str, Exit]:
    """Every ground for exit of these policies by code, in its newest version."""
    return {clause.code: clause for rules in reversed([*policies(region)]) for clause in rules.exits}


def extend(path: Path) -> None:
    """Add the limits of an administrator's file. Raises ValueError, in Chinese (see `read_own_limits`)."""
    known = (limit.name for limit in (*(limit for region in regions() for limit in region.limits()), *defaults()))
    _own.extend(read_own_limits(path, (*known, *unset())))
    region_of.cache_clear()


def published_by(read_published: Callable[[], Iterable[Limit] | None]) -> None:
    """Register the reader of the limits published by cities, used by `keep_up`.

    It returns None if the database does not answer.
    """
    global _read_published
    _read_published = read_published


def entered_by(read_entered: Callable[[], Entered | None]) -> None:
    """Register the reader of the values entered by offices, used by `keep_up`."""
    global _read_entered
    _read_entered = read_entered


def keep_up(day: date, *, again: bool = False) -> None:
    """Reload what cities published and offices entered, as of a day,
    if the day is new or a minute has passed in this process.
    """
    if _read_published is None or _read_entered is None:
        return
    if day == _read_on and monotonic() - _read_at < _KNOWN_FOR and not again:
        return
    published, typed = _read_published(), _read_entered()
    if published is not None and typed is not None:
        know_published(published, day)
        know_entered(typed)


def know_published(limits: Iterable[Limit], day: date) -> None:
    """Use these published limits from now on, as read for a day."""
    global _published, _read_on, _read_at
    _read_on, _read_at = day, monotonic()
    if (found := tuple(limits)) != _published:
        _published = found
        region_of.cache_clear()


def know_entered(typed: Entered) -> None:
    """Use these entered values from now on: limits here, wages and holidays in their own modules."""
    global _entered
    if typed == _entered:
        return
    _entered = typed
    region_of.cache_clear()
    calendar.enter(typed.plans)
    for region in regions():
        for wages in {id(one.wages): one.wages for one in policies(region) if one.wages is not None}.values():
            wages.enter(wage for code, wage in typed.wages if code == region.code)


def read_entered(folder: Path) -> None:
    """Load entered values from the copy, for programs without a database. Raises ValueError, in Chinese."""
    path = folder / entered.FILE
    if path.is_file():
        try:
            know_entered(entered.read(loads(path.read_text("utf-8"))))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"读不了 {path}：{error}。运行一次 jiuyuan nightly 会重写它") from None


def words_of(kind: str, area: str) -> Iterator[entered.DepartmentWord]:
    """Yield the words entered for a kind of departments' file, for an import at the agency with this path."""
    return (word for word in _entered.words if word.kind == kind and area.startswith(word.area))


def known_limits(region: Region) -> dict[str, str]:
    """The labels of all limits of a region, by name, including limits without a value."""
    stated = {
        limit.name: limit.figure.label
        for limit in (*region.limits(), *defaults())
        if limit.figure.label and not limit.place
    }
    return stated | dict(unset())


def _at(region: Region, path: str) -> Region:
    codes = path.strip("/").split("/")
    typed = tuple(limit for code, limit in _entered.limits if code == region.code)
    texts = {one.name: one.value for one in _entered.texts if one.region == region.code}
    return replace(
        region, limits=lambda: (*typed, *region.limits(), *_own, *_published), places={code: depth for depth, code in enumerate(codes)},
        hotline=texts["hotline"][0][1] if "hotline" in texts else region.hotline, about=region.about and region.about.worded(texts),
    )  # fmt: skip


def _stated() -> Iterator[Region]:
    return (region for folder in FOLDERS.values() if (region := _in(folder)) is not None)


def _in(folder: str) -> Region | None:
    module = _module(f"{folder}.region")
    assert module is None or isinstance(module.REGION, Region)
    return module.REGION if module else None


def _module(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


@cache
def _policy(code: str) -> Policy:
    region, _, version = code.partition("-")
    if not re.fullmatch(r"[a-z0-9_]+(-[a-z0-9_]+)*", version):
        raise KeyError(code)
    module = part(region, f"policy_{version.replace('-', '_')}")
    if module is None:
        raise KeyError(code)
    found = module.POLICY
    assert isinstance(found, Policy)
    return found


def _unknown(what: str) -> NoReturn:
    raise KeyError(f"no region {what}")
