"""The other departments of a demonstration: a small server that checks signatures and invents data for ID numbers.

A number always gets the same answer. Most of it is unproblematic; one in twelve has something that reviewers
should see.
"""

import hashlib
import hmac
import json
import os
import secrets
import threading
import time
import tomllib
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jiuyuan import clock, config
from jiuyuan.characters import whole_number
from jiuyuan.people.sources.http import FILE, PATH, REGISTRATIONS
from jiuyuan.request_signing import sign

_CLIENT = "jiuyuan"
_OLDEST_QUESTION = 300  # accepted age of a request in seconds
_LONGEST = 4096
Record = Mapping[str, str]


def _social_insurance(chance: int) -> list[Record]:
    if chance % 12 == 0:
        return [{"参保状态": "在缴", "参保身份": "单位职工", "待遇状态": "未领取"}]
    if chance % 3 == 0:
        return [{"参保状态": "在缴", "参保身份": "灵活就业人员", "待遇状态": "未领取"}]
    return [{"参保状态": "停保", "参保身份": "单位职工", "待遇状态": "未领取"}]


def _market_regulation(chance: int) -> list[Record]:
    licence = {
        "统一社会信用代码": f"92220102MA{chance % 10**8:08d}",
        "企业名称": "南关区吉祥小吃店",
        "任职身份": "经营者",
    }
    if chance % 12 == 1:
        return [licence | {"登记状态": "存续", "变更日期": "2023-06-01"}]
    if chance % 12 == 2:  # the old and the new record, side by side
        return [
            licence | {"登记状态": "存续", "变更日期": "2019-04-08"},
            licence | {"登记状态": "注销", "变更日期": "2025-11-20"},
        ]
    return [{"登记状态": "无"}]


def _civil_affairs(chance: int) -> list[Record]:
    return [{"低保类别": "城市低保", "保障状态": "在保"} if chance % 6 == 3 else {"低保类别": "无", "保障状态": "无"}]


def _disabled_federation(chance: int) -> list[Record]:
    return [{"证件状态": "有效" if chance % 9 == 4 else "未持证"}]


def _public_security(chance: int) -> list[Record]:
    kind = "农村" if chance % 5 == 0 else "城镇"
    return [{"户籍地行政区划代码": "220102", "户籍性质": kind, "户籍状态": "正常", "服刑状态": "无"}]


def _education(chance: int) -> list[Record]:
    if chance % 10 == 5:
        return [
            {
                "毕业日期": "2022-06-30",
                "学历层次": "本科",
                "学习形式": "全日制",
                "院校类型": "普通高校",
                "学籍状态": "毕业",
            }
        ]
    return [{"学籍状态": "无"}]


def _public_employment(chance: int) -> list[Record]:
    if chance % 12 == 6:
        return [{"登记状态": "已注销", "失业日期": "2024-03-01"}]
    return [{"登记状态": "登记失业", "失业日期": f"2025-{chance % 12 + 1:02d}-01"}]


def _registered(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The unemployment register's answer to a registration, the same however often it is sent."""
    number = int.from_bytes(hashlib.sha256(str(body["reference"]).encode()).digest()[:3], "big")
    records = [{"登记状态": "登记失业", "失业日期": str(body["unemployed_since"])}]
    return {"records": records, "registration": f"2201022026{number:08d}"}


_ANSWERS: Mapping[str, Callable[[int], list[Record]]] = {
    "social_insurance": _social_insurance,
    "market_regulation": _market_regulation,
    "civil_affairs": _civil_affairs,
    "disabled_federation": _disabled_federation,
    "public_security": _public_security,
    "education": _education,
    "public_employment": _public_employment,
}


def invented(kind: str, id_number: str) -> list[Record]:
    """A department's invented records on an ID number."""
    digest = hashlib.sha256(f"{kind}:{id_number}".encode()).digest()
    return _ANSWERS[kind](int.from_bytes(digest[:6], "big"))


class Departments(ThreadingHTTPServer):
    """All departments at one address, each with a path and key of its own."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], keys: Mapping[str, str]) -> None:
        super().__init__(address, _Answering)
        self.keys = keys

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Answering(BaseHTTPRequestHandler):
    server: Departments

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LONGEST:
            return self._answer(413, {"error": "too long"})
        body = self.rfile.read(length)
        kind = self.path.strip("/").split("/")[0]
        registers = kind == "public_employment" and self.path == f"/{kind}{REGISTRATIONS}"
        if not (registers or self.path == f"/{kind}{PATH}") or kind not in self.server.keys:
            return self._answer(404, {"error": "no such department"})
        if fault := self._fault(self.server.keys[kind], body):
            return self._answer(401, {"error": fault})
        try:
            said = json.loads(body)
            id_number = str(said["id_number"])
            found = _registered(said) if registers else {"records": invented(kind, id_number)}
        except (ValueError, KeyError, TypeError):
            return self._answer(400, {"error": "id_number is missing"})
        today = clock.today().isoformat()
        self._answer(200, {"id_number": id_number, "observed_on": today, **found})

    def _fault(self, key: str, body: bytes) -> str:
        stamp = self.headers.get("X-Timestamp", "")
        at = whole_number(stamp)
        if at is None or abs(time.time() - at) > _OLDEST_QUESTION:
            return "time stamp"
        signature = sign(key, "POST", self.path, stamp, body)
        given = self.headers.get("X-Signature", "")
        known = self.headers.get("X-Client") == _CLIENT and hmac.compare_digest(signature.encode(), given.encode())
        return "" if known else "signature"

    def _answer(self, status: int, content: Mapping[str, Any]) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the product records who asked about whom."""


def start(data: Path, port: int = 0) -> Departments:
    """Serve the departments from a thread, and write their configuration into `data`. Keys are kept between starts."""
    keys = _keys(data)
    server = Departments(("127.0.0.1", port), keys)
    lines = [
        f'[{kind}]\nurl = "http://127.0.0.1:{server.port}/{kind}"\nclient = "{_CLIENT}"\nkey = "{key}"\n'
        for kind, key in keys.items()
    ]
    path = data / FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    threading.Thread(target=server.serve_forever, name="departments", daemon=True).start()
    return server


def _keys(data: Path) -> dict[str, str]:
    path = data / FILE
    before = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    return {str(kind): before.get(kind, {}).get("key") or secrets.token_hex(24) for kind in _ANSWERS}


def main() -> None:
    """Serve until a signal: `python -m jiuyuan.demonstration.departments`, beside the demonstration's web server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuyuan.settings")
    start(config.load().data)
    threading.Event().wait()


if __name__ == "__main__":
    main()
