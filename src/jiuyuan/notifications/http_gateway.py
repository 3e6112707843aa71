"""The adapter of a gateway that is reached over HTTP: one signed POST a message."""

import http.client
import json
import time
from urllib.parse import urlsplit

from jiuyuan.notifications.gateways import GatewayAccount, NotSent, RefusedByGateway
from jiuyuan.request_signing import sign
from jiuyuan.wording import for_record

_LARGEST_ANSWER = 1 << 16
#: Answers after which the same message may go through later.
_LATER = frozenset({408, 425, 429})


class HttpGateway:
    """POST {"id", "to", "text"} with `X-Client`, `X-Timestamp` and `X-Signature` (`request_signing`). 2xx: the gateway has it.

    The gateway sends a message once for each `id`, and tells of its delivery at `/sms/receipts/`, signed with the same key.
    """

    def __init__(self, account: GatewayAccount) -> None:
        self.account = account
        self.an_hour, self.a_number_a_day, self.sign = account.an_hour, account.a_number_a_day, account.sign

    def send(self, key: str, phone: str, text: str) -> None:
        account, address = self.account, urlsplit(self.account.url)
        body = json.dumps({"id": key, "to": phone, "text": self.sign + text}, ensure_ascii=False).encode()
        path, stamp = address.path or "/", str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Client": account.client,
            "X-Timestamp": stamp,
            "X-Signature": sign(account.key, "POST", path, stamp, body),
        }
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=account.timeout)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read(_LARGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(for_record("短信网关连不上（{error}）", error=type(error).__name__)) from None
        finally:
            connection.close()
        if 200 <= answer.status < 300:
            return
        if 400 <= answer.status < 500 and answer.status not in _LATER:
            raise RefusedByGateway(for_record("短信网关不收这条短信（{status}）", status=answer.status))
        raise NotSent(for_record("短信网关暂时不收（{status}）", status=answer.status))
