"""After a death nobody writes to the dead: messages stop, whatever act writes them, and go on if the death was wrong."""

from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.applications import nightly
from jiuyuan.notifications import gateways, notices
from jiuyuan.notifications.models import Message, Withheld
from jiuyuan.people import services
from jiuyuan.people.correspondence import send_waiting, tell
from jiuyuan.people.fact_writer import refresh_known
from jiuyuan.people.models import Person
from jiuyuan.recognitions.letters import exit_notice_pdf, order_missing_exit_notices
from jiuyuan.recognitions.models import Recognition
from jiuyuan.refusals import NotFound
from tests.factories import (
    a_case,
    act,
    act_on,
    an_account,
    an_applicant,
    answer_correction,
    ask_to_correct,
    move_to,
    staff,
)
from tests.jobs import work
from tests.recognitions.register import end, learn, notice_of, on_the_register

pytestmark = pytest.mark.django_db
THERE = notices.declare("test.there", "您好", "在。")


def dead(person: Person, value: bool = True, **said: str) -> None:
    said = {"source": "shared_data", "department": "民政部门", "evidence": "殡葬信息比对"} | said
    services.record_facts(staff("clerk").actor, person, {"deceased": value}, **said)  # type: ignore[arg-type]


class Taking:
    """A gateway that takes everything."""

    an_hour = a_number_a_day = 1000
    sign = ""

    def send(self, key: str, phone: str, text: str) -> None:
        assert "办事消息" in text


@pytest.fixture(autouse=True)
def gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "configured", Taking)


def sent() -> list[str]:
    """The titles of what goes out now: the texts themselves say of nothing what it is about."""
    rows = Message.objects.unscoped().filter(sent_at__isnull=False)
    before = list(rows.values_list("pk", flat=True))
    send_waiting()
    return list(rows.exclude(pk__in=before).order_by("pk").values_list("sent_title", flat=True))


def struck_off_after_death() -> Recognition:
    recognition = on_the_register()
    send_waiting()
    dead(recognition.person)
    return end(recognition, ground="left_scope")


def test_an_exit_after_a_death_brings_no_message_and_no_letter_and_a_note_stays_on_the_file() -> None:
    recognition = on_the_register()
    before = Message.objects.unscoped().count()
    dead(recognition.person)
    end(recognition, ground="left_scope")
    assert Message.objects.unscoped().count() == before
    note = Withheld.objects.unscoped().get()
    assert (note.about, "死亡" in note.body) == (recognition.person.file, True)
    found = Recognition.objects.unscoped().select_related("person", "agency").get(pk=recognition.pk)
    with pytest.raises(NotFound):
        exit_notice_pdf(found)


def test_the_page_says_so_and_offers_no_notice(log_in) -> None:  # type: ignore[no-untyped-def]
    recognition = struck_off_after_death()
    page = log_in(staff("reviewer")).get(f"/desk/register/{recognition.pk}/").content.decode()
    assert "本人已去世：不再给本人发消息，不制作告知书" in page
    assert "exit-notice.pdf" not in page
    assert "三(三) 死亡" in page


def test_what_waited_to_be_sent_when_the_death_was_recorded_is_held_back() -> None:
    recognition = on_the_register()
    assert Message.objects.unscoped().filter(about=recognition.person.file, due_at__isnull=False).exists()
    dead(recognition.person)
    assert sent() == []
    assert not Message.objects.unscoped().filter(about=recognition.person.file, due_at__isnull=False).exists()
    assert Withheld.objects.unscoped().filter(about=recognition.person.file).exists()


def test_messages_of_before_they_named_their_person_are_held_back_too() -> None:
    account = an_account()
    case = a_case("submitted", applicant=an_applicant(), by=account)
    act(staff("clerk"), case, "accept")
    Message.objects.unscoped().update(about="")
    dead(case.person)
    assert sent() == []
    assert Withheld.objects.unscoped().exists()


def test_every_act_that_writes_to_a_person_stays_silent_after_a_death() -> None:
    case = a_case("submitted")
    send_waiting()
    dead(case.person)
    before = Message.objects.unscoped().count()
    act(staff("clerk"), case, "accept")
    asked = ask_to_correct(staff("clerk"), case.person_id, what="income_stable", wanted="否", reason="家属请求")
    answer_correction(staff("clerk"), asked.pk, granted=False, answer="已核对。")
    assert Message.objects.unscoped().count() == before
    assert Withheld.objects.unscoped().count() == 2


def test_a_death_recorded_wrongly_lets_everything_go_on_once_it_is_corrected() -> None:
    recognition = struck_off_after_death()
    assert work("make_exit_notice") == 1
    assert sent() == []
    dead(recognition.person, False, evidence="民政部门更正：重名")
    [text] = sent()
    assert "退出" in text
    tell(recognition.person, THERE)
    assert sent() == ["您好"]
    found = Recognition.objects.unscoped().select_related("person", "agency").get(pk=recognition.pk)
    order_missing_exit_notices()
    assert notice_of(found).startswith(b"%PDF")


def test_disputed_or_contradicted_nobody_is_dead_and_the_night_lets_go_what_a_file_corrected() -> None:
    first, second = struck_off_after_death(), struck_off_after_death()
    services.dispute(staff("clerk").actor, first.person, "deceased", "本人到窗口，出示身份证。")
    dead(second.person, False, source="site_visit", evidence="本人在家")
    assert len(sent()) == 2
    third = struck_off_after_death()
    # A file that is taken back writes by the thousand, past the services of one person.
    third.person.facts.filter(name="deceased").update(withdrawn_at=clock.now())
    refresh_known(third.person)
    assert sent() == []
    nightly.run()
    assert (
        Message.objects.unscoped()
        .filter(about=third.person.file, sent_at__isnull=False, code__startswith="recognition.")
        .exists()
    )


def test_the_living_who_share_a_telephone_are_still_written_to() -> None:
    recognition = struck_off_after_death()
    other = on_the_register().person
    send_waiting()
    other.phone = recognition.person.phone
    other.save()
    tell(other, THERE)
    assert sent() == ["您好"]


def test_a_night_proposes_the_exit_of_somebody_who_died_and_writes_to_nobody() -> None:
    recognition = on_the_register()
    send_waiting()
    move_to(clock.today() + timedelta(days=1))
    learn(recognition, deceased=True)
    before = Message.objects.unscoped().count()
    nightly.run()
    proposal = recognition.proposals.get()
    act_on("confirm", staff("reviewer"), proposal.pk, reason="殡葬信息属实。")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.case) == ("ended", "deceased")
    assert Message.objects.unscoped().count() == before


def test_what_was_only_heard_at_a_door_stops_no_message_to_somebody_who_may_be_alive() -> None:
    recognition = on_the_register()
    before = Message.objects.unscoped().count()
    dead(recognition.person, source="site_visit", department="")
    tell(recognition.person, THERE)
    assert Message.objects.unscoped().count() == before + 1
    dead(recognition.person)
    tell(recognition.person, THERE)
    assert Message.objects.unscoped().count() == before + 1
