"""违规违纪 of staff: seen by whoever opened it and the auditors of the area, by nobody else, and never by who is concerned."""

from collections import Counter
from datetime import timedelta

import pytest

from jiuyuan import clock
from jiuyuan.agencies.models import Relative
from jiuyuan.agencies.roles import Role
from jiuyuan.desk import queries
from jiuyuan.history.models import Entry
from jiuyuan.oversight import replay
from jiuyuan.oversight.misconduct_workflow import MISCONDUCT
from jiuyuan.oversight.models import Misconduct
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, NotFound
from tests.factories import COUNTY, OTHER_COUNTY, an_account, staff
from tests.oversight.misconducts import FACTS, a_misconduct, opened, passed

pytestmark = pytest.mark.django_db


def test_only_who_opened_it_and_the_auditors_of_the_area_see_it_and_its_record_is_in_nobodys_area(log_in):
    concerned, opener = staff("clerk"), staff("supervisor")
    row = a_misconduct(by=opener, concerned=concerned)
    family = staff("auditor", at="2201")
    Relative.objects.create(user=family, name="弟弟", relation="兄弟", id_index=concerned.id_index)
    see = [opener, staff("auditor", at="22"), staff("auditor", at="2201"), staff("auditor", at=COUNTY)]
    not_see = [
        concerned, family,
        staff("auditor", at=concerned.agency.code),  # their office
        staff("auditor", at=OTHER_COUNTY),
        staff("auditor", at="2202"),
        *(staff(role) for role in ("clerk", "reviewer", "supervisor", "province", "finance")),
        *(an_account(role) for role in ("applicant", "channel")),
    ]  # fmt: skip
    for user in [*see, *not_see]:
        seen = user in see
        assert (Misconduct.scope.holds(user, row), list(Misconduct.objects.visible_to(user)) == [row]) == (seen, seen)
        if not seen and user.role in MISCONDUCT.of().by_action["drop"].roles:
            with pytest.raises(NotFound):
                engine.act(user, MISCONDUCT, row.pk, "drop", {"reason": "了结。"})
        acts = queries.entries(user, {"file": row.file})
        assert (list(acts), list(queries.looks(user, {"file": row.file}))) == ([], [])
    for user, status in ((opener, 200), (see[1], 200), (not_see[2], 404), (staff("supervisor"), 404), (concerned, 403)):
        page = log_in(user).get(f"/desk/oversight/misconducts/{row.pk}/")
        assert (page.status_code, FACTS in page.content.decode()) == (status, status == 200)
        listed = log_in(user).get("/desk/misconducts/")
        assert (listed.status_code == 200) == (user.role != Role.CLERK)
    menu = log_in(concerned).get("/desk/findings/").content.decode()
    assert ("/desk/findings/" in menu, "/desk/misconducts/" in menu) == (True, False)
    there = staff("auditor", at=concerned.agency.code)
    left = staff("auditor", at="2201", id_index=concerned.id_index, is_active=False)
    assert Misconduct.scope.holds(opener, row)  # a closed account makes nobody a colleague
    other = staff("auditor", at=COUNTY, id_index=concerned.id_index)
    for user in (other, left, see[3]):  # another account of the holder, and the office where it is
        assert not Misconduct.scope.holds(user, row)
    concerned.agency = see[2].agency
    concerned.save()
    assert not Misconduct.scope.holds(see[2], row)  # where they work now
    assert not Misconduct.scope.holds(there, row)  # where they worked then


def test_nobody_opens_it_about_themselves_a_relative_a_colleague_or_somebody_elsewhere():
    supervisor = staff("supervisor")
    cousin = staff("clerk")
    Relative.objects.create(user=supervisor, name="表弟", relation="表兄弟", id_index=cousin.id_index)
    for who in (
        supervisor, staff("clerk", id_index=supervisor.id_index), cousin, staff("auditor", at="2201"), staff("province"),
        staff("reviewer", at=OTHER_COUNTY), an_account("applicant"), an_account("channel"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refusal:
            engine.act(supervisor, MISCONDUCT, None, "open", opened(concerned=who))
        assert [name for name, _ in refusal.value.errors] == ["account"]
    assert not Misconduct.objects.unscoped().exists()


def test_it_is_passed_on_and_concluded_or_dropped_by_an_auditor_too_and_its_words_stand_nowhere_in_the_clear():
    row, auditor = a_misconduct(), staff("auditor", at="22")
    early = (clock.today() - timedelta(days=1)).isoformat()
    with pytest.raises(BadInput):
        engine.act(auditor, MISCONDUCT, row.pk, "pass_on", passed() | {"on": early})
    engine.act(auditor, MISCONDUCT, row.pk, "pass_on", passed())
    row = engine.act(auditor, MISCONDUCT, row.pk, "conclude", {"result": "给予警告处分。"})
    other = engine.act(auditor, MISCONDUCT, a_misconduct(by=auditor).pk, "drop", {"reason": "查无此事。"})
    assert (row.status, row.passed_by, row.ended_by, other.status) == ("concluded", auditor, auditor, "dropped")
    acts = list(Entry.objects.of(row.file, other.file))
    assert [one.area for one in acts] == [""] * 5
    kept = str([one.payload for one in acts])
    assert not [words for words in (FACTS, "警告", "查无此事") if words in kept]
    assert list(replay.verify_state(lambda done: None, Counter())) == []
    Misconduct.objects.unscoped().filter(pk=row.pk).update(result="没有处分。")
    assert len(list(replay.verify_state(lambda done: None, Counter()))) == 1
