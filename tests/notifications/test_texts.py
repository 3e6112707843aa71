"""A text message says that there is something to read: signed, once, tried again, braked, and only where a gateway is configured."""

import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import chain, repeat

import pytest

from jiuyuan import clock
from jiuyuan.config import UnusableConfig
from jiuyuan.notifications import gateways, notices, services
from jiuyuan.notifications.models import Message
from jiuyuan.request_signing import holds, sign
from jiuyuan.worker.kinds import JobKind
from tests.factories import a_case, an_account, an_applicant
from tests.jobs import work
from tests.portal.walking import seen

pytestmark = pytest.mark.django_db
KEY = "k" * 32
ACCEPTED = notices.declare("test.accepted", "申请已经受理", "您的申请已受理，理由：……")
RECOGNISED = notices.declare("test.recognised", "您已被认定为就业困难人员", "可以了解帮扶政策。")


class Recording:
    """A gateway that keeps what it is given, and fails as it is told."""

    def __init__(self, *fails, an_hour=100, a_number_a_day=100):
        self.sent, self.an_hour, self.a_number_a_day, self.sign = [], an_hour, a_number_a_day, ""
        self._fails = chain(fails, repeat(None))

    def send(self, key, phone, text):
        if error := next(self._fails):
            raise error
        self.sent.append((key, phone, text))


@pytest.fixture
def through(monkeypatch):
    def use(gateway):
        monkeypatch.setattr(gateways, "configured", lambda: gateway)
        return gateway

    return use


def written(phone="13804312266", code=ACCEPTED):
    services.write("application:1", code, phone=phone)
    return Message.objects.unscoped().latest("pk")


def test_without_a_gateway_nothing_waits_nothing_is_sent_and_no_page_promises_it(log_in):
    message = written()
    assert (message.due_at, services.anything_waits(), services.send_waiting()) == (None, False, 0)
    message.refresh_from_db()
    assert message.sent_at is None
    account = an_account()
    case = a_case("submitted", by=account)
    words = seen(log_in(account).get(f"/mine/{case.number}/receipt/"))
    assert "短信" not in words and "隔几天来这里看看" in words


def test_with_one_the_text_goes_out_once_and_says_nothing_about_anybody(through):
    gateway = through(Recording())
    message = written()
    assert work(JobKind.SEND_MESSAGES) == 1
    assert services.send_waiting() == 0
    [(key, phone, text)] = gateway.sent
    assert (key, phone) == (str(message.pk), "13804312266")
    assert "办事消息" in text and "受理" not in text and "理由" not in text
    message.refresh_from_db()
    assert message.sent_at is not None
    assert (message.sent_title, message.sent_body) == ("申请已经受理", "")
    assert "理由" in message.body
    assert Message._meta.get_field("sent_to").value_from_object(message) != phone


def test_what_the_gateway_does_not_take_is_tried_again_later_and_then_given_up(through):
    gateway = through(Recording(*[gateways.NotSent("短信网关暂时不收（503）")] * 9))
    message, waits = written(), []
    for _ in range(9):
        services.send_waiting()
        message.refresh_from_db()
        if message.due_at is None:
            break
        waits.append(message.due_at - clock.now())
        Message.objects.unscoped().update(due_at=clock.now())
    assert [round(wait / timedelta(minutes=1)) for wait in waits] == [1, 5, 30, 120, 360]
    assert (message.attempts, message.sent_at, message.failure) == (6, None, "短信网关暂时不收（503）")
    assert gateway.sent == []


def test_what_it_refuses_is_not_tried_again(through):
    through(Recording(gateways.RefusedByGateway("短信网关不收这条短信（400）")))
    message = written()
    services.send_waiting()
    message.refresh_from_db()
    assert (message.due_at, message.sent_at) == (None, None)


def test_the_brake_leaves_the_rest_for_the_next_hour_and_spares_one_number(through):
    gateway = through(Recording(an_hour=3, a_number_a_day=2))
    for _ in range(3):
        written("13804312266")
    written("13900000001")
    written("13900000002")
    services.send_waiting()
    assert [phone for _, phone, _ in gateway.sent] == ["13804312266", "13804312266"]
    services.send_waiting()
    assert len(gateway.sent) == 3
    braked = Message.objects.unscoped().get(failure__contains="上限")
    assert clock.now() < braked.due_at <= clock.now() + timedelta(days=2), "it goes out tomorrow, not never"
    assert services.anything_waits()


class Gate(BaseHTTPRequestHandler):
    answers: list[int] = []
    seen: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, dict(self.headers), body))
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def gate(settings):
    Gate.answers, Gate.seen = [], []
    server = HTTPServer(("127.0.0.1", 0), Gate)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = settings.JIUYUAN.data / gateways.FILE
    url = f"http://127.0.0.1:{server.server_port}/send"
    file.write_text(f'url = "{url}"\nclient = "jiuyuan"\nkey = "{KEY}"\nsign = "【就业服务】"\ntimeout = 2\n', "utf-8")
    yield Gate
    file.unlink()
    server.shutdown()
    server.server_close()


def test_the_adapter_signs_what_it_sends_and_reads_the_answer(gate):
    gate.answers = [202, 503, 400]
    gateway = gateways.configured()
    gateway.send("7", "13804312266", "申请已经受理。")
    with pytest.raises(gateways.NotSent) as later:
        gateway.send("8", "13804312266", "x")
    assert not isinstance(later.value, gateways.RefusedByGateway)
    with pytest.raises(gateways.RefusedByGateway):
        gateway.send("9", "13804312266", "x")
    path, headers, body = gate.seen[0]
    assert json.loads(body) == {"id": "7", "to": "13804312266", "text": "【就业服务】申请已经受理。"}
    stamp = headers["X-Timestamp"]
    assert holds(KEY, headers["X-Signature"], "POST", path, stamp, body, now=time.time())
    assert not holds(KEY, headers["X-Signature"], "POST", path, stamp, body + b" ", now=time.time())


def test_a_gateway_that_is_not_there_is_a_try_that_came_to_nothing(gate, settings):
    file = settings.JIUYUAN.data / gateways.FILE
    file.write_text(f'url = "http://127.0.0.1:9/send"\nclient = "jiuyuan"\nkey = "{KEY}"\n', "utf-8")
    with pytest.raises(gateways.NotSent, match="连不上"):
        gateways.configured().send("1", "13804312266", "x")


@pytest.mark.parametrize("wrong", ['key = "short"', 'url = "http://gateway.example/"', "nonsense = 1", "["])
def test_a_wrong_configuration_is_named(gate, settings, wrong):
    file = settings.JIUYUAN.data / gateways.FILE
    lines = {"url": 'url = "https://gateway.example/"', "client": 'client = "x"', "key": f'key = "{KEY}"'}
    lines[wrong.split(" ")[0]] = wrong
    file.write_text("\n".join(lines.values()), "utf-8")
    with pytest.raises(UnusableConfig, match=r"sms\.toml"):
        gateways.configured()


def test_a_receipt_is_noted_if_the_gateway_signed_it(gate, client):
    gate.answers = [200]
    message = written()
    services.send_waiting()

    def tell(said, key=KEY, when=0.0):
        body, stamp = said if isinstance(said, bytes) else json.dumps(said).encode(), str(time.time() + when)
        headers = {"X-Timestamp": stamp, "X-Signature": sign(key, "POST", "/sms/receipts/", stamp, body)}
        return client.post("/sms/receipts/", body, "application/json", headers=headers).status_code

    good = {"id": str(message.pk), "state": "delivered"}
    assert tell(good, key="x" * 32) == 401
    assert tell(good, when=-3600) == 401
    assert tell({"id": "x", "state": "delivered"}) == tell([]) == tell({"id": "1", "state": "lost"}) == 400
    assert tell(b'{"id": "%d", "state": "failed", "state": "delivered"}' % message.pk) == 400, "neither is believed"
    assert tell({"id": "999999", "state": "delivered"}) == 404
    assert tell(good) == 204
    message.refresh_from_db()
    assert message.delivered_at is not None
    assert tell({**good, "state": "failed", "reason": "空号"}) == 204
    message.refresh_from_db()
    assert (message.failure, message.delivered_at is None) == ("", False)
    Message.objects.unscoped().update(delivered_at=None)
    assert tell({**good, "state": "failed", "reason": "空号"}) == 204
    message.refresh_from_db()
    assert message.failure == "空号"
    for odd in (float("inf"), True, 1.5, 2**70, "1" * 30, None):
        assert tell({**good, "id": odd}) == 400, odd
    assert tell({**good, "reason": "\x00"}) == tell({**good, "reason": 3}) == 400
    assert client.post("/sms/receipts/", {"id": "1"}).status_code == 400


def test_without_a_gateway_nobody_takes_receipts(client):
    assert client.post("/sms/receipts/", b"{}", "application/json").status_code == 404


def test_a_demonstration_shows_what_it_would_have_sent(through, client):
    through(gateways.ShownGateway())
    written(code=RECOGNISED)
    services.send_waiting()
    words = seen(client.get("/demonstration/sms/"))
    assert "人力资源和社会保障厅】您有新的办事消息" in words
    assert "13804312266" in words


def test_a_landline_gets_no_text_and_its_owner_is_promised_none(through, log_in):
    gateway = through(Recording())
    assert written("043188880000").due_at is None
    assert services.send_waiting() == 0 and gateway.sent == []
    account = an_account()
    case = a_case("submitted", an_applicant(phone="043188880000"), by=account)
    words = seen(log_in(account).get(f"/mine/{case.number}/receipt/"))
    assert "发短信" not in words and "隔几天来这里看看" in words
