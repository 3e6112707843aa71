"""Departments asked about one person, against the demonstration's real server: signed, tried again, not waited for for ever."""

import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from jiuyuan.demonstration import departments
from jiuyuan.history.models import Entry, Look
from jiuyuan.people.facts import standing
from jiuyuan.people.models import Fact, LicenceRecord
from jiuyuan.people.sources import http, interfaces
from jiuyuan.people.sources.http import NotAnswering
from jiuyuan.refusals import BadInput, NotForRole, NotFound
from jiuyuan.request_signing import sign
from tests.factories import OTHER_PLATFORM, Applicant, an_applicant, staff
from tests.people.sources.files import on_file, somebody

pytestmark = pytest.mark.django_db
KEY = "k" * 40


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """A data folder of the test's own, for others write their departments into theirs at the same moment."""
    http.breakers.clear()
    monkeypatch.setattr(settings, "JIUYUAN", replace(settings.JIUYUAN, data=tmp_path))
    return tmp_path


@pytest.fixture
def server(data):
    """The demonstration's departments, with `departments.toml` as they write it."""
    server = departments.start(data)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def answers(monkeypatch, server):
    """`answers(records)` is what every department says from now on."""

    def say(*records):
        for kind in departments._ANSWERS:
            monkeypatch.setitem(departments._ANSWERS, kind, lambda chance: list(records))

    return say


def reached_at(url: str, key: str = KEY, client: str = "jiuyuan", timeout: float = 0.5, attempts: int = 3) -> None:
    (settings.JIUYUAN.data / http.FILE).write_text(
        f'[social_insurance]\nurl = "{url}"\nclient = "{client}"\nkey = "{key}"\ntimeout = {timeout}\nattempts = {attempts}\n'
    )


def a_server(*statuses: int, wait: float = 0.0, body: bytes = b"{}"):
    """Answers with these statuses in turn, the last one for ever; returns its address and what it was asked."""
    asked = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(wait)
            self.send_response(statuses[min(len(asked), len(statuses)) - 1])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):  # who asked has gone
            pass

    server = Quiet(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}", asked


@pytest.mark.parametrize(
    ("kind", "record", "facts"),
    [
        (
            "social_insurance",
            {"参保状态": "停保", "参保身份": "单位职工"},
            {"insured_by_employer": False, "ever_insured": True},
        ),
        ("civil_affairs", {"低保类别": "城市低保", "保障状态": "在保"}, {"urban_minimum_allowance": True}),
        ("disabled_federation", {"证件状态": "有效"}, {"disability_certificate": True}),
        ("education", {"学籍状态": "在读"}, {"enrolled_in_school": True}),
    ],
)
def test_answer_becomes_facts_with_department_and_day(clerk, answers, kind, record, facts):
    answers(record)
    person, _ = somebody()
    recorded = interfaces.ask(clerk, person, kind).facts
    assert {fact.name: fact.value for fact in recorded} == facts
    assert {(fact.source, str(fact.observed_on)) for fact in recorded} == {("shared_data", "2026-03-02")}
    assert all(fact.evidence.endswith("2026年3月2日接口查询") for fact in recorded)
    assert Entry.objects.unscoped().filter(file=person.file).last().actor == clerk.username
    assert Look.objects.unscoped().filter(file=person.file, actor=clerk.username).exists()


@pytest.mark.parametrize("kind", sorted(departments._ANSWERS))
def test_every_department_of_the_demonstration_says_what_its_mapping_understands(clerk, server, kind):
    answers: dict[str, Applicant] = {}
    for card in (an_applicant(f"1980-{month:02d}-{day:02d}") for month in range(1, 13) for day in range(1, 29)):
        said = [{**record, "统一社会信用代码": ""} for record in departments.invented(kind, card.id_number)]
        answers.setdefault(str(said), card)
    assert len(answers) >= 2
    facts = [fact for card in answers.values() for fact in interfaces.ask(clerk, on_file(card), kind).facts]
    assert len({fact.value if isinstance(fact.value, bool) else None for fact in facts}) >= 2


def test_same_department_by_file_and_by_interface_is_one_source(clerk, answers):
    from tests.people.sources.files import imported, insurance

    person, card = somebody()
    imported(staff("reviewer"), "social_insurance", insurance((card, "在缴", "单位职工")))
    answers({"参保状态": "停保", "参保身份": "单位职工"})
    interfaces.ask(clerk, person, "social_insurance")
    item = standing(Fact.objects.unscoped().filter(person=person))["insured_by_employer"]
    assert (item.value, item.contradicted) == (False, False)


def test_old_and_new_record_of_one_licence_come_side_by_side(clerk, answers):
    licence = {"统一社会信用代码": "A1", "企业名称": "吉祥小吃店", "任职身份": "经营者"}
    answers(
        {**licence, "登记状态": "注销", "变更日期": "2025-11-20"},
        {**licence, "登记状态": "存续", "变更日期": "2019-04-08"},
    )
    person, _ = somebody()
    interfaces.ask(clerk, person, "market_regulation")
    interfaces.ask(clerk, person, "market_regulation")
    assert standing(person.facts.all())["business_registered"].value is False
    assert LicenceRecord.objects.unscoped().filter(person=person).count() == 2


def test_several_records_yes_outweighs_no(clerk, answers):
    answers({"参保状态": "在缴", "参保身份": "单位职工"}, {"参保状态": "停保", "参保身份": "单位职工"})
    person, _ = somebody()
    interfaces.ask(clerk, person, "social_insurance")
    assert standing(person.facts.all())["insured_by_employer"].value is True


def test_department_that_has_nothing_leaves_things_as_they_are(clerk, answers):
    answers()
    person, _ = somebody()
    assert interfaces.ask(clerk, person, "social_insurance") == interfaces.DepartmentAnswer(False, [])


def test_word_that_nobody_knows_is_refused_and_nothing_is_recorded(clerk, answers):
    answers({"参保状态": "正在办", "参保身份": "单位职工"})
    person, _ = somebody()
    before = person.facts.count()
    with pytest.raises(NotAnswering, match="不认识这个词"):
        interfaces.ask(clerk, person, "social_insurance")
    assert person.facts.count() == before


def test_wrong_key_is_refused_by_the_department_and_said(clerk, server):
    reached_at(f"http://127.0.0.1:{server.port}/social_insurance", key="x" * 40)
    person, _ = somebody()
    with pytest.raises(NotAnswering, match="没有接受我们的签名"):
        interfaces.ask(clerk, person, "social_insurance")


@pytest.mark.parametrize(
    "change",
    [
        lambda ask: ask | {"body": ask["body"].replace(b"1980", b"1981")},
        lambda ask: ask | {"path": "/civil_affairs/v1/records"},
        lambda ask: ask | {"headers": ask["headers"] | {"X-Client": "somebody"}},
        lambda ask: ask | {"headers": ask["headers"] | {"X-Signature": ""}},
        lambda ask: ask | {"headers": ask["headers"] | {"X-Timestamp": str(int(time.time()) - 400)}},
        lambda ask: ask | {"headers": ask["headers"] | {"X-Timestamp": "now"}},
    ],
)
def test_signature_covers_client_method_path_time_and_body(server, change):
    import http.client

    path, body, stamp = "/social_insurance/v1/records", b'{"id_number": "220102198005060020"}', str(int(time.time()))
    signature = http_sign(server.keys["social_insurance"], path, stamp, body)
    right = {
        "path": path,
        "body": body,
        "headers": {"X-Client": "jiuyuan", "X-Timestamp": stamp, "X-Signature": signature},
    }

    def status(ask):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.request("POST", ask["path"], ask["body"], ask["headers"])
        answered = connection.getresponse().status
        connection.close()
        return answered

    assert status(right) == 200
    assert status(change(right)) == 401


def http_sign(key, path, stamp, body):
    return sign(key, "POST", path, stamp, body)


def pauses(into: list[float]):
    return into.append


def test_department_with_a_fault_of_its_own_is_asked_again_after_growing_pauses():
    server, url, asked = a_server(500, 503, 200, body=b'{"records": []}')
    reached_at(url)
    waited: list[float] = []
    assert http.ask("social_insurance", "1", "王", sleep=pauses(waited)) == {"records": []}
    server.shutdown()
    server.server_close()
    assert len(asked) == 3
    assert 0.3 <= waited[0] <= 0.5
    assert 0.6 <= waited[1] <= 1.0


def test_no_is_not_asked_again():
    server, url, asked = a_server(400)
    reached_at(url)
    with pytest.raises(NotAnswering, match="没有接受这次查询"):
        http.ask("social_insurance", "1", "王", sleep=pauses([]))
    server.shutdown()
    server.server_close()
    assert len(asked) == 1


def test_slow_department_is_not_waited_for_for_ever():
    server, url, asked = a_server(200, wait=60)
    reached_at(url, timeout=0.2, attempts=2)
    began = time.monotonic()
    with pytest.raises(NotAnswering, match="现在没有回应，请稍后再试，或改用导入文件"):
        http.ask("social_insurance", "1", "王", sleep=pauses([]))
    assert time.monotonic() - began < 30
    server.shutdown()
    server.server_close()
    assert len(asked) == 2


@pytest.mark.parametrize("body", [b"", b"not json", b"[1]", b"\xff\xfe", b'{"records": [], "records": []}'])
def test_answer_that_is_none_is_refused_in_words(body):
    server, url, _ = a_server(200, body=body)
    reached_at(url)
    with pytest.raises(NotAnswering):
        http.ask("social_insurance", "1", "王", sleep=pauses([]))
    server.shutdown()
    server.server_close()


def test_answer_about_somebody_else_is_not_taken(clerk, monkeypatch):
    person, _ = somebody()
    monkeypatch.setattr(http, "ask", lambda *_: {"id_number": "2", "observed_on": "2026-03-02", "records": []})
    with pytest.raises(NotAnswering, match="回复的不是这个人"):
        interfaces.ask(clerk, person, "social_insurance")


@pytest.mark.parametrize(
    "answer",
    [{}, {"records": []}, {"observed_on": "昨天", "records": []}, {"observed_on": "2026-03-02", "records": [1]}],
)
def test_answer_without_its_parts_is_refused_in_words(clerk, monkeypatch, answer):
    person, _ = somebody()
    monkeypatch.setattr(http, "ask", lambda *_: {"id_number": person.id_number, **answer})
    with pytest.raises(NotAnswering, match="回复格式不对"):
        interfaces.ask(clerk, person, "social_insurance")


def test_department_that_is_down_is_left_alone_for_a_minute_and_then_tried_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    reached_at(f"http://127.0.0.1:{port}")
    clock = [1000.0]

    def ask():
        return http.ask("social_insurance", "1", "王", sleep=pauses([]), now=lambda: clock[0])

    for _ in range(2):
        with pytest.raises(NotAnswering, match="现在没有回应"):
            ask()
    with pytest.raises(NotAnswering, match="已暂停查询，请一分钟后再试"):
        ask()
    server, url, asked = a_server(200, body=b'{"records": []}')
    reached_at(url)
    clock[0] += 59
    with pytest.raises(NotAnswering, match="已暂停查询"):
        ask()
    assert asked == []
    clock[0] += 2
    assert ask() == {"records": []}
    assert ask() == {"records": []}
    server.shutdown()
    server.server_close()
    assert len(asked) == 2


def test_one_department_that_is_down_does_not_stop_another(server):
    http.breakers["civil_affairs"] = http.Breaker(failures=9, opened_at=time.monotonic())
    assert "records" in http.ask("social_insurance", "220102198005060020", "王")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[social_insurance", "配置"),
        ('[social_insurance]\nurl = "http://x"', "配置"),
        ('[social_insurance]\nurl = "http://x"\nclient = "j"\nkey = "short"', "密钥不足"),
    ],
)
def test_configuration_that_cannot_work_is_named(text, told):
    (settings.JIUYUAN.data / http.FILE).write_text(text)
    with pytest.raises(NotAnswering, match=told):
        http.ask("social_insurance", "1", "王")


def test_department_without_an_interface_says_to_use_a_file():
    with pytest.raises(NotAnswering, match="还没有接通接口，请改用导入文件"):
        http.ask("social_insurance", "1", "王")


def test_key_does_not_show_in_what_is_printed(server):
    interface = http.interfaces()["social_insurance"]
    assert interface.key not in repr(interface)
    assert (settings.JIUYUAN.data / http.FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("role", ["supervisor", "province", "auditor"])
def test_only_those_who_record_facts_ask(server, role):
    person, _ = somebody()
    with pytest.raises(NotForRole):
        interfaces.ask(staff(role), person, "social_insurance")


def test_nobody_asks_about_people_of_another_area(server):
    person, _ = somebody()
    with pytest.raises(NotFound):
        interfaces.ask(staff("clerk", at=OTHER_PLATFORM), person, "social_insurance")


def test_department_that_does_not_exist_is_refused(clerk):
    person, _ = somebody()
    with pytest.raises(BadInput):
        interfaces.ask(clerk, person, "earlier_register")
