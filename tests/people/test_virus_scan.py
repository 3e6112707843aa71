"""Papers go through ClamAV where its socket is configured; without an answer they are refused or taken, as the installation says."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jiuyuan import config
from jiuyuan.operations import checks
from jiuyuan.people import services, virus_scan
from jiuyuan.people.models import Document
from jiuyuan.refusals import BadInput
from tests.factories import a_case, a_photograph, staff

pytestmark = pytest.mark.django_db


class Daemon:
    """A double of clamd: reads INSTREAM as the protocol says, and answers `says` of a whole stream."""

    def __init__(self, path: Path) -> None:
        self.says, self.streams, self.path = b"stream: OK\0", [], str(path)
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(self.path)
        self.listening.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self.listening.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as said:
                command = b""
                while not command.endswith(b"\0"):
                    command += said.read(1)
                if command == b"zVERSION\0":
                    caller.sendall(b"ClamAV 1.4.6/27500\0")
                    continue
                assert command == b"zINSTREAM\0"
                stream = b""
                while length := int.from_bytes(said.read(4)):
                    stream += said.read(length)
                self.streams.append(stream)
                caller.sendall(self.says)


@pytest.fixture
def daemon(settings: Any, tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmp_path / "clamd.ctl")
    settings.JIUYUAN = replace(settings.JIUYUAN, clamav_socket=made.path)
    yield made
    made.listening.shutdown(socket.SHUT_RDWR)
    made.listening.close()


@pytest.fixture
def hand_in() -> Callable[[], Document]:
    person, actor = a_case("draft").person, staff("clerk").actor
    return lambda: services.add_document(actor, person, "id_card", a_photograph(), "证.jpg")


def refusal(hand_in: Callable[[], Document]) -> str:
    with pytest.raises(BadInput) as refused:
        hand_in()
    assert not Document.objects.unscoped().filter(file_name="证.jpg").exists()
    [(field, message)] = refused.value.errors
    assert (field, "“证.jpg”" in message) == ("file", True)
    return message


def test_a_paper_is_sent_whole_and_kept_where_nothing_was_found(hand_in: Any, daemon: Daemon) -> None:
    assert hand_in().pk
    assert daemon.streams == [a_photograph()]


def test_a_paper_with_a_virus_is_refused_by_its_name(hand_in: Any, daemon: Daemon) -> None:
    daemon.says = b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
    assert "查出病毒（Win.Test.EICAR_HDB-1）" in refusal(hand_in)


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b""])
def test_a_daemon_that_did_not_look_decides_nothing(daemon: Daemon, says: bytes) -> None:
    daemon.says = says
    with pytest.raises(virus_scan.NotScanned):
        virus_scan.virus_in(b"a paper")


def test_without_an_answer_papers_are_refused_or_taken_as_the_installation_says(
    hand_in: Any, settings: Any, tmp_path: Path
) -> None:
    settings.JIUYUAN = replace(settings.JIUYUAN, clamav_socket=str(tmp_path / "nobody"))
    assert "现在查不了病毒" in refusal(hand_in)
    settings.JIUYUAN = replace(settings.JIUYUAN, clamav_unreachable="accept")
    assert hand_in().pk


def test_the_check_of_the_installation_says_whether_papers_are_looked_at(daemon: Daemon, settings: Any) -> None:
    assert (checks.viruses().level, checks.viruses().said) == (checks.Level.WELL, "ClamAV 1.4.6/27500")
    settings.JIUYUAN = replace(settings.JIUYUAN, clamav_socket="/nowhere/clamd.ctl")
    found = checks.viruses()
    assert (found.level, "传不上来" in found.todo) == (checks.Level.BAD, True)
    settings.JIUYUAN = replace(settings.JIUYUAN, clamav_unreachable="accept")
    assert "没有检查就收下" in checks.viruses().todo


def test_what_becomes_of_papers_without_a_scanner_is_one_of_two_words(tmp_path: Path) -> None:
    file = config.create(tmp_path, "test").data / config.FILE
    assert (config.load(tmp_path).clamav_socket, config.load(tmp_path).clamav_unreachable) == ("", "refuse")
    text = file.read_text("utf-8")
    for word in ("refuse", "accept"):
        file.write_text(f'clamav_socket = "/run/clamav/clamd.ctl"\nclamav_unreachable = "{word}"\n{text}', "utf-8")
        assert (config.load(tmp_path).clamav_socket, config.load(tmp_path).clamav_unreachable) == (
            "/run/clamav/clamd.ctl",
            word,
        )
    file.write_text(f'clamav_unreachable = "open"\n{text}', "utf-8")
    with pytest.raises(config.UnusableConfig, match="refuse 或 accept"):
        config.load(tmp_path)
