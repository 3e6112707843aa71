"""Re-encrypts columns and documents with the newest key, in chunks.

Each row and file is changed on its own, and only if it is still what was read, so that the site keeps working and
a killed run can continue. What has the newest key already is skipped.
"""

import secrets
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from jiuyuan import config
from jiuyuan.config import Config
from jiuyuan.encryption import (
    BlindIndexField,
    EncryptedTextField,
    decrypt,
    encrypt,
    index_under,
    newest_index_key,
)
from jiuyuan.operations import runs
from jiuyuan.refusals import Conflict, NotFound
from jiuyuan.whole_files import written_whole
from jiuyuan.wording import say

_AT_ONCE = 500


def encrypted_columns() -> Iterator[tuple[str, str, str, str]]:
    """Yield table, primary key, column and encryption context of each encrypted column."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                key = model._meta.pk.column
                yield model._meta.db_table, str(key), str(field.column), f"{model._meta.label_lower}.{field.name}"


def encrypt_anew(progress: Callable[[int], object] = lambda _done: None) -> Counter[str]:
    """Re-encrypt everything. Returns how many values of each column, and `documents`, were changed."""
    done: Counter[str] = Counter()
    with runs.recorded(runs.Kind.REKEY) as figures:
        for table, key, column, context in encrypted_columns():
            for count in _column(table, key, column, context):
                done[f"{table}.{column}"] += count
                progress(count)
        for path in _documents(settings.JIUYUAN.data):
            done["documents"] += _document(path)
            progress(1)
        for table, key, column in index_columns():
            for count in _indexes(table, key, column):
                done[f"{table}.{column}"] += count
                progress(count)
        figures |= {"version": _newest(), "index_key": newest_index_key(), **done}
    return done


def index_columns() -> Iterator[tuple[str, str, str]]:
    """Yield table, primary key and column of each blind index; accounts first, because logins use theirs."""
    every = sorted(apps.get_models(), key=lambda model: model._meta.app_label != "agencies")
    for model in every:
        for field in model._meta.concrete_fields:
            if isinstance(field, BlindIndexField):
                yield model._meta.db_table, str(model._meta.pk.column), str(field.column)


def under(version: int) -> Counter[str]:
    """The number of values encrypted with a key, by column; `documents` and `imports` are files."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for table, _key, column, _context in encrypted_columns():
            cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE substr({column}, 1, 1) = %s", [bytes([version])])
            found[f"{table}.{column}"] = cursor.fetchone()[0]
    for folder in ("documents", "imports"):
        found[folder] = sum(_first_byte(path) == version for path in _whole_files(settings.JIUYUAN.data / folder))
    return +found


def add_key(installation: Config) -> int:
    """Add a key to `jiuyuan.toml`, used for encryption from the next start on. Returns its number."""
    number = max(installation.field_keys) + 1
    if number > 255:
        raise Conflict(say("密钥的编号最多到255。"))
    line = f'{number} = "{b64encode(secrets.token_bytes(32)).decode()}"'
    _rewrite(installation, lambda lines: [*lines, line])
    return number


def add_index_key(installation: Config) -> int:
    """Add an index key, used from the next start on. Returns its number.

    Index keys are never removed: an index with the newest is computed from those with earlier ones. Raises
    `Conflict` while columns still use an older one.
    """
    if installation.index_keys and (left := index_under_older()):
        raise Conflict(say("还有 {left} 项索引没有改用上一把密钥，请先运行 jiuyuan rekey。", left=left))
    number = max(installation.index_keys, default=1) + 1
    path = installation.keys_file or installation.data / config.FILE
    before, first, after = path.read_text("utf-8").partition("index_key = ")
    if not first:
        raise Conflict(say("{path} 中没有 index_key：密钥由命令给出的，请在那里更换。", path=path))
    line = f'{config.INDEX_KEY}{number} = "{b64encode(secrets.token_bytes(32)).decode()}"\n'
    with written_whole(path) as file:
        file.write(f"{before}{line}{first}{after}".encode())
    path.chmod(0o600)
    return number


def index_under_older() -> int:
    """The number of indexes not made with the newest index key."""
    found = 0
    with connection.cursor() as cursor:
        for table, _key, column in index_columns():
            cursor.execute(
                f"SELECT COUNT(*) FROM {table} WHERE {_OLDER.format(column=column)}", [*_older_than_newest()]
            )
            found += cursor.fetchone()[0]
    return found


def retire(installation: Config, version: int) -> None:
    """Remove a key from `jiuyuan.toml`. Raises `NotFound`, and `Conflict` for the newest key and for one in use."""
    if version not in installation.field_keys:
        raise NotFound(say("没有编号为 {version} 的密钥。", version=version))
    if version == max(installation.field_keys):
        raise Conflict(say("这是正在用的密钥，不能停用。"))
    if left := under(version):
        raise Conflict(
            say(
                "还有用它加密的内容（{left}），请先运行 jiuyuan rekey。",
                left=[f"{name} {count}" for name, count in left.items()],
            )
        )
    _rewrite(installation, lambda lines: [line for line in lines if line.partition("=")[0].strip(' "') != str(version)])


def _column(table: str, key: str, column: str, context: str) -> Iterator[int]:
    last: Any = None
    where = f"substr({column}, 1, 1) <> %s AND length({column}) > 0"  # the first byte is the key's version
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            beyond, given = (f" AND {key} > %s", [last]) if last is not None else ("", [])
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {where}{beyond} ORDER BY {key} LIMIT {_AT_ONCE}",
                [bytes([_newest()]), *given],
            )
            rows = [(pk, bytes(sealed)) for pk, sealed in cursor.fetchall()]
            if not rows:
                return
            for pk, sealed in rows:
                cursor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s",
                    [encrypt(decrypt(sealed, context), context), pk, sealed],
                )
            last = rows[-1][0]
        yield len(rows)


# What is not an index, such as the value of an erased row, stays unchanged.
_OLDER = "length({column}) > 40 AND substr({column}, 1, %s) <> %s"


def _older_than_newest() -> tuple[int, str]:
    mark = f"{newest_index_key()}:"
    return len(mark), mark


def _indexes(table: str, key: str, column: str) -> Iterator[int]:
    if newest_index_key() == 1:
        return
    last = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {_OLDER.format(column=column)} AND {key} > %s"
                f" ORDER BY {key} LIMIT {_AT_ONCE}",
                [*_older_than_newest(), last],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            changed = [(index_under(index, newest_index_key()), pk, index) for pk, index in rows]
            cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", changed)
            last = rows[-1][0]
        yield len(rows)


def _documents(data: Path) -> Iterator[Path]:
    return (path for path in _whole_files(data / "documents") if _first_byte(path) != _newest())


def _whole_files(folder: Path) -> list[Path]:
    """The files without temporary ones left by killed processes."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."]


def _document(path: Path) -> int:
    """Re-encrypt a document; documents never change, so nobody else writes this one."""
    context = f"document:{path.name}"
    content = decrypt(path.read_bytes(), context)
    with written_whole(path) as file:
        file.write(encrypt(content, context))
    return 1


def _newest() -> int:
    return max(settings.JIUYUAN.field_keys)


def _first_byte(path: Path) -> int | None:
    with path.open("rb") as file:
        found = file.read(1)
    return found[0] if found else None


def _rewrite(installation: Config, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines below `[field_keys]` in the key file; other sections stay unchanged."""
    path = installation.keys_file or installation.data / config.FILE
    head, section, keys = path.read_text("utf-8").partition("[field_keys]\n")
    if not section:
        raise Conflict(say("{path} 中没有 [field_keys]：密钥由命令给出的，请在那里更换。", path=path))
    keys, further, rest = keys.partition("\n[")
    with written_whole(path) as file:
        file.write("\n".join([head + "[field_keys]", *change(keys.strip().splitlines())]).encode() + b"\n")
        file.write(f"{further}{rest}".encode())
    path.chmod(0o600)
