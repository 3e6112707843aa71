"""The configuration of an installation: data folder, mode, database and keys, from `jiuyuan.toml` in that folder."""

import os
import shlex
import stat
import subprocess
import tomllib
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jiuyuan.wording import say

Mode = Literal["production", "demonstration", "test"]
FILE = "jiuyuan.toml"
INDEX_KEY = "index_key_"
_COMMAND_SECONDS = 30


class UnusableConfig(Exception):
    """The installation cannot start; the message says what to do."""


class NotInstalled(UnusableConfig):
    """The data folder has no installation."""


@dataclass(frozen=True)
class SignOn:
    """An OpenID Connect provider for staff or applicants, and how its users are matched to accounts.

    The value of `claim` is the account's name or its holder's ID number, according to `matches`.
    """

    who: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    claim: str
    matches: Literal["username", "id_number"]
    scope: str = "openid profile"
    second_factor: bool = False


@dataclass(frozen=True)
class Config:
    """The configuration, read once at start. Of several keys, the highest version encrypts and all decrypt."""

    data: Path
    mode: Mode
    database_url: str
    secret_key: str
    field_keys: dict[int, bytes]
    index_key: bytes
    hosts: tuple[str, ...]
    base_url: str
    address_header: str = ""
    address_hops: int = 1
    idle_minutes: int = 60
    lease_seconds: int = 120
    replica_url: str = ""
    replica_seconds: int = 5
    ledger_key: Path = Path("keys/ledger.key")
    keys_file: Path | None = None
    ledger_outside: Path | None = None
    tls_certificate: Path | None = None
    metrics_token: str = ""
    #: The socket of ClamAV's daemon, and what to do with papers while it does not answer.
    clamav_socket: str = ""
    clamav_unreachable: Literal["refuse", "accept"] = "refuse"
    speed: bool = True
    sign_on: tuple[SignOn, ...] = ()
    #: Later index keys by number; the highest is the newest.
    index_keys: dict[int, bytes] = field(default_factory=dict)

    @property
    def ledger(self) -> Path:
        """The ledger: the file outside the database with all seals of the record."""
        return self.data / "digests.jsonl"

    @property
    def time_can_move(self) -> bool:
        return self.mode != "production"


def data_folder() -> Path:
    """`JIUYUAN_DATA`, else `var/` of the checkout, else the user's data folder."""
    if named := os.environ.get("JIUYUAN_DATA"):
        return Path(named).resolve()
    checkout = Path(__file__).parents[2]
    if (checkout / "pyproject.toml").exists():
        return checkout / "var"
    return Path.home() / ".local/share/jiuyuan"


def load(data: Path | None = None) -> Config:
    data = data or data_folder()
    path = data / FILE
    if not path.exists():
        raise NotInstalled(
            say("{data} 中没有就援的安装。请先运行 jiuyuan demo（演示）或 jiuyuan init（正式安装）。", data=data)
        )
    values = tomllib.loads(path.read_text("utf-8"))
    if values["mode"] == "production" and os.environ.get("JIUYUAN_TODAY"):
        raise UnusableConfig(say("正式系统的日期不能设定。请去掉环境变量 JIUYUAN_TODAY 后再启动。"))
    keys_file = data / values["keys_file"] if "keys_file" in values else None
    keys = _keys(values, keys_file)
    return Config(
        data=data,
        mode=values["mode"],
        database_url=os.environ.get("JIUYUAN_DATABASE_URL") or values["database_url"].format(data=data),
        secret_key=keys["secret_key"],
        field_keys={int(version): b64decode(key) for version, key in keys["field_keys"].items()},
        index_key=b64decode(keys["index_key"]),
        index_keys={
            int(name.removeprefix(INDEX_KEY)): b64decode(key)
            for name, key in keys.items()
            if name.startswith(INDEX_KEY)
        },
        keys_file=keys_file,
        hosts=tuple(values["hosts"]),
        base_url=os.environ.get("JIUYUAN_BASE_URL") or values["base_url"],
        address_header=values.get("address_header", ""),
        address_hops=max(1, values.get("address_hops", 1)),
        idle_minutes=max(1, values.get("idle_minutes", Config.idle_minutes)),
        lease_seconds=max(10, values.get("lease_seconds", Config.lease_seconds)),
        speed=os.environ.get("JIUYUAN_SPEED") != "off",
        replica_url=values.get("replica_url", ""),
        replica_seconds=max(1, values.get("replica_seconds", Config.replica_seconds)),
        ledger_outside=data / values["ledger_outside"] if "ledger_outside" in values else None,
        tls_certificate=data / values["tls_certificate"] if "tls_certificate" in values else None,
        metrics_token=values.get("metrics_token", ""),
        clamav_socket=values.get("clamav_socket", ""),
        clamav_unreachable=_unreachable(values),
        ledger_key=data / values.get("ledger_key", Config.ledger_key),
        sign_on=_sign_on(data, values),
    )


def _unreachable(values: dict[str, Any]) -> Literal["refuse", "accept"]:
    said = values.get("clamav_unreachable", Config.clamav_unreachable)
    if said not in ("refuse", "accept"):
        raise UnusableConfig(say("jiuyuan.toml 的 clamav_unreachable 应为 refuse 或 accept。"))
    return said


def _sign_on(data: Path, values: dict[str, Any]) -> tuple[SignOn, ...]:
    """The providers in `[single_sign_on.staff]` and `[single_sign_on.people]`. Raises `UnusableConfig`."""
    found = []
    for who, said in values.get("single_sign_on", {}).items():
        try:
            if secret := said.pop("client_secret_file", None):
                said["client_secret"] = (data / secret).read_text("utf-8").strip()
            provider = SignOn(who, **said)
        except (OSError, TypeError):
            provider = None
        if who not in ("staff", "people") or provider is None or provider.matches not in ("username", "id_number"):
            raise UnusableConfig(
                say("jiuyuan.toml 的 [single_sign_on.{who}] 不对，请对照 docs/operations.md 写全各项。", who=who)
            )
        if values["mode"] == "production" and not provider.issuer.startswith("https://"):
            raise UnusableConfig(say("[single_sign_on.{who}] 的 issuer 应以 https:// 开头。", who=who))
        if who == "people" and provider.matches != "id_number":
            raise UnusableConfig(say("[single_sign_on.people] 的 matches 应为 id_number。"))
        found.append(provider)
    return tuple(found)


def _keys(values: dict[str, Any], file: Path | None) -> dict[str, Any]:
    """The keys: from `jiuyuan.toml`, from `keys_file`, or from the output of `keys_command`, in the same format.

    The command is for key services and hardware modules. Raises `UnusableConfig`.
    """
    try:
        if command := values.get("keys_command"):
            done = subprocess.run(shlex.split(command), capture_output=True, check=True, timeout=_COMMAND_SECONDS)
            found = tomllib.loads(done.stdout.decode())
        elif file is not None:
            found = tomllib.loads(file.read_text("utf-8"))
        else:
            found = values
        if {"secret_key", "index_key", "field_keys"} <= found.keys():
            return found
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # Without the text: the command's output may be a key.
        raise UnusableConfig(
            say("取不到密钥（{error}）：请看 jiuyuan.toml 中的 keys_file 或 keys_command。", error=type(error).__name__)
        ) from None
    raise UnusableConfig(say("密钥不全：应有 secret_key、index_key 和 [field_keys]。"))


def keep_private(data: Path) -> None:
    """Make the folder's files, and those that this process will write, readable only by the system's account."""
    os.umask(0o077)
    for path in (data, *data.iterdir()):
        with suppress(OSError):  # files of other owners are theirs to protect
            mode = path.lstat().st_mode
            if stat.S_IMODE(mode) & 0o077 and not stat.S_ISLNK(mode):
                path.chmod(stat.S_IMODE(mode) & 0o700)


def create(data: Path, mode: Mode, database_url: str = "sqlite:///{data}/jiuyuan.sqlite3") -> Config:
    """Write a new `jiuyuan.toml` with fresh keys, readable only by its owner; an existing one stays unchanged."""
    import secrets  # used once in an installation's life

    path = data / FILE
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # A production system is behind a proxy (docs/operations.md); without its header all visitors would look the
        # same.
        header = 'address_header = "X-Forwarded-For"\n' if mode == "production" else ""
        hosts = '["*"]' if mode == "test" else '["127.0.0.1", "localhost"]'
        text = (
            f'mode = "{mode}"\n'
            f'database_url = "{database_url}"\n'
            f'secret_key = "{secrets.token_urlsafe(48)}"\n'
            f'index_key = "{b64encode(secrets.token_bytes(32)).decode()}"\n'
            f"hosts = {hosts}\n"
            'base_url = "http://127.0.0.1:8000"\n'
            f"{header}"
            "[field_keys]\n"
            f'1 = "{b64encode(secrets.token_bytes(32)).decode()}"\n'
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    return load(data)
