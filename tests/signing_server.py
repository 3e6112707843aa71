"""The double of an office's signing server: it holds the SM2 key, signs digests with GmSSL, and can be made to answer wrongly."""

import json
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gmssl_pyx
from asn1crypto import keys, pem, x509

from jiuyuan import request_signing
from jiuyuan.agencies import signing_server

KEY = "k" * 40


@dataclass
class Double:
    """`asked`: the questions that came, signed as they must be. `spoil`: what becomes of each answer in turn; then all are right."""

    data: Path
    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    spoil: list[str] = field(default_factory=list)
    private: dict[str, bytes] = field(default_factory=dict)

    def certify(self, agency: str, until: int = 2040) -> bytes:
        """A new key for an agency, and its certificate where the product looks for it. Returns the public key."""
        public, self.private[agency] = gmssl_pyx.sm2_key_generate()
        name = x509.Name.build({"organization_name": "南关区", "common_name": agency})
        by = {"algorithm": "1.2.156.10197.1.501"}  # SM2 with SM3
        said = x509.TbsCertificate(
            {
                "version": "v3", "serial_number": int.from_bytes(public[:8]) >> 1, "signature": by,
                "issuer": name, "subject": name,
                "validity": {"not_before": _day(2020), "not_after": _day(until)},
                "subject_public_key_info": {
                    "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "1.2.156.10197.1.301")},
                    "public_key": b"\x04" + public,
                },
            }
        )  # fmt: skip
        value = gmssl_pyx.sm2_sign(self.private[agency], public, said.dump())
        made = x509.Certificate({"tbs_certificate": said, "signature_algorithm": by, "signature_value": value})
        file = signing_server.certificate_file(agency)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(pem.armor("CERTIFICATE", made.dump()))
        return public

    def configure(self, **changes: Any) -> None:
        said = {"url": f"http://127.0.0.1:{self.port}/sign", "client": "jiuyuan", "key": KEY, "timeout": 5, **changes}
        (self.data / signing_server.FILE).write_text("".join(f"{k} = {json.dumps(v)}\n" for k, v in said.items()))

    def answer(self, question: dict[str, Any]) -> tuple[int, bytes]:
        fault = self.spoil.pop(0) if self.spoil else ""
        digest = bytes.fromhex(question["id"])
        signed = gmssl_pyx.sm2_sign_sm3_digest(
            self.private[question["agency"]], digest[::-1] if fault == "wrong" else digest
        )
        said = {"id": "0" * 64 if fault == "other" else question["id"], "signature": b64encode(signed).decode()}
        body = json.dumps(said).encode()
        if fault == "late":
            time.sleep(1)
        if fault == "half":
            return 200, body[: len(body) // 2]
        return (int(fault), b"") if fault.isdigit() else (200, body)


@contextmanager
def running(data: Path) -> Iterator[Double]:
    double = Double(data)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stamp, mark = self.headers["X-Timestamp"], self.headers["X-Signature"]
            assert request_signing.holds(KEY, mark, "POST", self.path, stamp, body, now=time.time())
            double.asked.append(json.loads(body))
            status, said = double.answer(double.asked[-1])
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:  # who asked has gone
            pass

    server = Quiet(("127.0.0.1", 0), Answering)
    double.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    double.configure()
    yield double
    server.shutdown()
    server.server_close()


def _day(year: int) -> x509.Time:
    return x509.Time("general_time", datetime(year, 1, 1, tzinfo=UTC))
