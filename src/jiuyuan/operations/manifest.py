"""The manifest of a backup: versions, counts, digests, fingerprints of keys.

Written last, so an incomplete backup has none.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

MANIFEST, DIGESTS = "manifest.json", "files.sha256"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """The manifest. `migrations`: those applied, as `app.name`; `counts`: rows per table; `files`:
    SHA-256 of the list of digests.
    """

    version: str
    made_at: str
    vendor: str
    server: str
    migrations: list[str]
    counts: dict[str, int]
    keys: dict[str, str]
    files: str
    ledger_keys: list[str] = field(default_factory=list)
    last_seal: str = ""
    documents: int = 0
    missing_documents: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    format: int = FORMAT


def write(folder: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n", "utf-8")


def read(folder: Path) -> Manifest:
    """Read the manifest. Raises `BadInput` if the backup is incomplete or of a later format."""
    path = folder / MANIFEST
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadInput(
            say("{folder} 不是备份：没有 {file}。没有做完的备份不能用。", folder=folder, file=MANIFEST)
        ) from None
    except ValueError:
        raise BadInput(say("{path} 读不懂，备份可能损坏了，请换一份。", path=path)) from None
    if content.get("format") != FORMAT:
        raise BadInput(
            say("这份备份是 {version} 版做的，请先安装 {version} 版就援，再恢复。", version=content.get("version", ""))
        )
    return Manifest(**content)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_digests(folder: Path, digests: dict[str, str]) -> str:
    """Write the digests in the format of `sha256sum -c` and return the list's own digest."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    (folder / DIGESTS).write_text(lines, "utf-8")
    return hashlib.sha256(lines.encode()).hexdigest()


def read_digests(folder: Path) -> dict[str, str]:
    path = folder / DIGESTS
    if not path.is_file():
        return {}
    lines = path.read_text("utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
