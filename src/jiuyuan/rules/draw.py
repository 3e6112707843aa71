"""Draws the cases of an inspection, reproducibly from a certificate (五(三)).

Every case has an opaque key and a stratum. The population is frozen as its sorted keys. The seed combines their
SHA-256 with a seal of the record that nobody could know when the population was frozen; HMAC with the seed ranks
the keys. A larger sample contains the smaller one: all cases are in one order, in which each stratum gets its
first case before any gets its second.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from jiuyuan import json_once
from jiuyuan.wording import say

FORMAT = "jiuyuan.draw.1"
_PERCENT = 100
#: The fields that a certificate must have for the draw to be repeated, with their types.
_SHAPE: Mapping[str, type] = {"population": dict, "sha256": str, "seal": str, "size": int, "drawn": list}


class NoCertificate(ValueError):
    """The text is not a certificate of a draw; the message says what is missing."""


def digest_of(population: Mapping[str, str]) -> str:
    """SHA-256 of the sorted keys with their strata, one per line."""
    text = "".join(f"{key}\t{stratum}\n" for key, stratum in sorted(population.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def seed_of(digest: str, seal: str) -> bytes:
    """The seed of a draw, from the digest of the population and the seal issued after it."""
    return hashlib.sha256(f"{digest}:{seal}".encode()).digest()


def size_at(rate: int, count: int) -> int:
    """The size of a sample of `rate` percent, rounded up."""
    return -(-rate * count // _PERCENT)


def order(population: Mapping[str, str], seed: bytes) -> list[str]:
    """All keys in the order in which they are drawn."""
    rank = {key: hmac.digest(seed, key.encode(), "sha256") for key in population}
    strata: dict[str, list[str]] = defaultdict(list)
    for key in sorted(population, key=rank.__getitem__):
        strata[population[key]].append(key)
    if len(strata) == 1:
        return next(iter(strata.values()))
    # The share of its stratum drawn before this case. Floats are exact enough: with strata of fewer than 2**26
    # cases, different shares have different floats, and equal shares have equal ones.
    taken = {key: place / len(keys) for keys in strata.values() for place, key in enumerate(keys)}
    return sorted(population, key=lambda key: (taken[key], rank[key]))


def drawn(population: Mapping[str, str], seal: str, size: int) -> list[str]:
    """The first `size` keys of the draw."""
    return order(population, seed_of(digest_of(population), seal))[:size]


def certificate(about: Mapping[str, Any], population: Mapping[str, str], sealed: str, seal: str, size: int) -> str:
    """The certificate as JSON.

    `sealed` is the digest of the frozen population; `about` has descriptions for people.
    """
    content = {
        "format": FORMAT, "about": dict(about), "population": dict(sorted(population.items())), "sha256": sealed, "seal": seal,
        "size": size, "drawn": order(population, seed_of(sealed, seal))[:size],
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read(text: str | bytes) -> dict[str, Any]:
    """Parse a certificate. Raises `NoCertificate`."""
    try:
        content = json_once.loads(text)
    except json_once.Twice as twice:
        raise NoCertificate(say("抽查证书里 {name} 写了两次，不知道以哪个为准。", name=twice.name[:80])) from None
    except (ValueError, RecursionError):
        raise NoCertificate(say("这个文件不是抽查证书：读不出 JSON。")) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise NoCertificate(say("这个文件不是抽查证书：format 应为 {format}。", format=FORMAT))
    for name, kind in _SHAPE.items():
        if not isinstance(content.get(name), kind) or isinstance(content[name], bool):
            raise NoCertificate(say("抽查证书不完整：没有 {name}，或者写错了。", name=name))
    keys = [*content["population"].values(), *content["drawn"]]
    if not all(isinstance(key, str) for key in keys):
        raise NoCertificate(say("抽查证书不完整：没有 {name}，或者写错了。", name="population, drawn"))
    return content


def differences(content: Mapping[str, Any]) -> Iterator[str]:
    """Repeat the draw of a certificate and yield each difference as a sentence; nothing if there is none."""
    population, listed = content["population"], content["drawn"]
    found = digest_of(population)
    if found != content["sha256"]:
        yield say(
            "总体与封存时不一样：现在有{count}件，校验值是{found}，封存时是{sealed}。",
            count=len(population), found=found, sealed=content["sha256"],
        )  # fmt: skip
        return
    again = drawn(population, content["seal"], content["size"])
    if missing := [key for key in again if key not in listed]:
        yield say("应该抽到而证书里没有的：{keys}。", keys=missing)
    if beside := [key for key in listed if key not in again]:
        yield say("证书里有而不该抽到的：{keys}。", keys=beside)
    if not missing and not beside and again != listed:
        yield say("抽到的是同样的案件，但是顺序不对。")


def in_ledger(lines: Iterator[str], seal: str) -> bool:
    """Whether the seal occurs in the ledger, the file kept outside the database."""
    for line in lines:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(content, dict) and content.get("hash") == seal:
            return True
    return False
