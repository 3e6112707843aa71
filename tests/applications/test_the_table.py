"""The one table of transitions says what the contract says, and everything that reads it finds what it needs."""

import re
import string

import pytest

from jiuyuan.agencies.roles import Role
from jiuyuan.applications import services
from jiuyuan.applications.workflow import APPLICATION
from jiuyuan.procedures import engine
from jiuyuan.refusals import BadInput, LoginNeeded, NotForRole, NotFound, WrongState
from tests.factories import SAID, a_case, a_photograph, a_signed_request, act, again, an_account, staff

# The contract's table, as it stands there: from | action | to | who | needs | clause.
CONTRACT = """
| `draft`, `correction` | `submit` | `submitted` 待受理 | applicant, clerk | form complete; every material that the claimed categories require | 二(一) |
| `submitted` | `ask_correction` | `correction` 待补正 | clerk | `missing`: all at once, each with its page; `correct_by` (parameter `supplement_days`, D) | 二(二) |
| `submitted`; `correction` after `correct_by` | `decline` | `declined` 不予受理 | clerk | `ground`: `wrong_place` (with the right platform), `already_open`, `identity_not_proven`, `not_completed` (only after `correct_by`), or `clause` with `clauses` that fail; `reason` | 二(二) |
| `submitted` | `accept` | `accepted` 已受理 | clerk | starts the limit of 10 working days; a numbered receipt for the applicant | 二(四) |
| `accepted` | `first_review_pass` | `publishing` 公示中 | clerk | every fact that the outcome rests on verified; the rules answer `eligible` and no special case was settled against it, or one was settled for it | 二(二) |
| `accepted` | `first_review_fail` | `rejected` 初审不符合 | clerk | `clauses` that fail, `reason`; on the form; the applicant is told | 二(二) |
| `accepted`, `publishing`, `reported` | `raise_special_case` | the same | clerk, reviewer | `question`, `clauses` in doubt; while open it blocks every other decision | 一(三) |
| `accepted`, `publishing`, `reported` | `settle_special_case` | the same | reviewer | `granted`, `ground`; settled when two agree | 一(三) |
| `publishing` | `object` | `publishing` | anyone, in their own name or not | the ground; blocks `endorse` until it is settled | 二(二) |
| `publishing` | `settle_objection` | `publishing` or `rejected` | clerk | `objection` (id), `upheld`, `finding`; upheld → `clauses` that fail on the facts as recorded from the finding | 二(二) |
| `publishing` | `endorse` | `endorsed` 初审通过 | clerk | 3 full working days have passed, no open objection; opinion and electronic seal on the form | 二(二) |
| `endorsed` | `report` | `reported` 待复核 | clerk | several cases in one numbered batch | 二(二) |
| `reported` | `recall` | `endorsed` 初审通过 | clerk | until a reviewer has opened a case of the batch | 二(二) |
| `accepted`, `correction` | `take_back` | `submitted` 待受理 | clerk | who did it, within ten minutes and while nothing followed; `reason` | 二(二) |
| `reported` | `recognise` | `recognised` 已认定 | reviewer | opinion and seal on the form; the entry for 《就业创业证》: category, agency, officer | 二(三) |
| `reported` | `return` | `returned` 复核退回 | reviewer | `reason`, on the form; `clauses` that fail where it is 复审未通过, none where something is to be put right | 二(三) |
| `returned` | `reopen` | `accepted` | clerk | what was corrected; the limit of 10 working days keeps running from the first acceptance | 二(三) |
| `returned` | `reject` | `rejected` | clerk | only after a `return` with `clauses`, which it repeats and cannot change; `told_how`, `told_on` | 二(三) |
| any open | `withdraw` | `withdrawn` 已撤回 | applicant, clerk | a clerk: `request`, the id of the signed request (material `signed_request`); the person is told | 二(一) |
"""


def rows_of_the_contract():
    for line in CONTRACT.strip().splitlines():
        sources, action, targets, who, needs, clause = [cell.strip() for cell in line.strip("|").split("|")]
        starts = frozenset(re.findall(r"`(\w+)`", sources)) - {"correct_by"}
        yield {
            "action": action.strip("`"),
            "sources": OPEN if sources == "any open" else starts,
            "targets": starts if targets == "the same" else set(re.findall(r"`(\w+)`", targets)),
            "labels": re.findall(r"`(\w+)` ([\u4e00-\u9fff]+)", targets),
            "who": who,
            "needs": needs,
            "clause": clause,
        }


PROCEDURE = APPLICATION.of()
OPEN = frozenset(state.code for state in PROCEDURE.states if not state.final)
ROWS = list(rows_of_the_contract())
# Named in the column of needs without being something that is said with the act.
VALUES = {
    "supplement_days", "wrong_place", "already_open", "identity_not_proven", "not_completed", "clause", "eligible",
    "return", "rejected", "signed_request", "endorse",
}  # fmt: skip
SAID_BEFORE = {("decline", "correct_by"), ("reject", "clauses")}


def test_the_table_has_the_actions_of_the_contract():
    assert {row["action"] for row in ROWS} == set(PROCEDURE.by_action)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["action"])
def test_each_line_of_the_table_is_that_of_the_contract(row):
    transition = PROCEDURE.by_action[row["action"]]
    assert transition.sources == row["sources"]
    assert set(transition.targets) == row["targets"]
    assert transition.clause == row["clause"]
    named = {role for role in Role if role.value in row["who"]}
    if row["who"].startswith("anyone"):
        assert transition.public
        assert transition.roles == frozenset(Role)
    else:
        # A channel acts for an applicant: the provincial hall, an app, a mini program.
        assert transition.roles == named | ({Role.CHANNEL} if Role.APPLICANT in named else set())
    for status, label in row["labels"]:
        if (status, label) != ("rejected", "初审不符合"):
            assert PROCEDURE.label(status) == label
    # What the contract names in backticks, and is no state, parameter or value, is asked for under that very name.
    named_there = set(re.findall(r"`(\w+)`", row["needs"])) - VALUES
    named_there -= {name for action, name in SAID_BEFORE if action == row["action"]}
    assert named_there <= {need.name for need in transition.needs}
    if named_there & {"reason", "opinion", "finding"}:
        assert any(need.required for need in transition.needs)


@pytest.mark.parametrize("transition", PROCEDURE.transitions, ids=lambda transition: transition.action)
def test_each_transition_has_clause_label_words_for_the_history_and_an_effect(transition):
    assert re.fullmatch(r"[一二三]\([一二三四]\)", transition.clause)
    for words in (transition.label, transition.done, *(need.label for need in transition.needs)):
        assert re.search(r"[\u4e00-\u9fff]", words)
    assert transition.action in APPLICATION.words.effects
    assert transition.sources <= OPEN


@pytest.mark.parametrize("transition", PROCEDURE.transitions, ids=lambda transition: transition.action)
def test_a_message_asks_only_for_words_that_the_service_has(transition):
    given = {"number", "agency", "today", "due_on", "posted_on", "ends_on", "why", "heard"}
    given |= {need.name for need in transition.needs}
    for message in (transition.message, *(text for _, _, text in transition.told_if)):
        assert {name for _, name, _, _ in string.Formatter().parse(message) if name} <= given


def test_nothing_leads_out_of_a_closed_case():
    for status in set(PROCEDURE.by_state) - OPEN:
        assert PROCEDURE.from_state(status) == ()


def test_every_state_but_the_draft_is_reached():
    assert {target for transition in PROCEDURE.transitions for target in transition.targets} == set(
        PROCEDURE.by_state
    ) - {"draft"}


@pytest.mark.django_db
@pytest.mark.parametrize("status", sorted(PROCEDURE.by_state))
def test_in_each_state_every_action_that_the_table_does_not_allow_is_refused_and_changes_nothing(status):
    clerk, reviewer = staff("clerk"), staff("reviewer")
    case = a_case(status, clerk=clerk, reviewer=reviewer)
    for transition in PROCEDURE.transitions:
        if status in transition.sources:
            continue
        who = clerk if Role.CLERK in transition.roles else reviewer
        with pytest.raises(WrongState) as refusal:
            act(who, case, transition.action)
        assert PROCEDURE.label(status) in refusal.value.title
        assert refusal.value.details["status"] == status
        allowed = [t.action for t in PROCEDURE.from_state(status, Role(who.role))]
        assert refusal.value.details["actions"] == allowed
    assert again(case).status == status
    assert again(case).version == case.version


@pytest.mark.django_db
def test_a_role_that_is_not_in_the_line_is_refused_and_told_whose_it_is():
    case = a_case("submitted")
    with pytest.raises(NotForRole, match="由基层经办人办理"):
        act(staff("reviewer"), case, "accept")
    with pytest.raises(NotForRole, match="由申请人、办理渠道、基层经办人办理"):
        act(staff("reviewer"), case, "withdraw")


@pytest.mark.django_db
def test_what_the_table_does_not_know_and_who_is_nobody():
    case = a_case("submitted")
    with pytest.raises(NotFound):
        act(staff("clerk"), case, "fly")
    for action in ("accept", "fly"):
        with pytest.raises(LoginNeeded):
            act(None, case, action)


@pytest.mark.django_db
def test_an_applicant_withdraws_without_a_reason_and_a_clerk_on_a_signed_request():
    account, clerk = an_account(), staff("clerk")
    own, at_the_window = a_case("submitted", by=account, clerk=clerk), a_case("submitted", clerk=clerk)
    assert act(account, own, "withdraw", reason=None).status == "withdrawn"
    photograph = services.add_material(clerk, at_the_window.number, "other", a_photograph(), "x.jpg").pk
    elsewhere = a_signed_request(clerk, a_case("submitted", clerk=clerk))
    for none in (None, "", 0, photograph, elsewhere, "abc", True, 10**30):
        with pytest.raises(BadInput) as refusal:
            act(clerk, at_the_window, "withdraw", request=none)
        assert [field for field, _ in refusal.value.errors] == ["request"]
    assert act(clerk, at_the_window, "withdraw").status == "withdrawn"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "action", "field"),
    [
        ("submitted", "ask_correction", "missing"),
        ("submitted", "decline", "ground"),
        ("submitted", "decline", "platform"),
        ("submitted", "decline", "reason"),
        ("accepted", "first_review_fail", "clauses"),
        ("accepted", "first_review_fail", "reason"),
        ("accepted", "raise_special_case", "question"),
        ("accepted", "raise_special_case", "clauses"),
        ("publishing", "object", "ground"),
        ("publishing", "endorse", "opinion"),
        ("reported", "return", "reason"),
        ("returned", "reopen", "corrected"),
        ("returned", "reject", "told_how"),
        ("returned", "reject", "told_on"),
    ],
)
def test_what_must_be_said_is_asked_for_by_name(status, action, field):
    reviewer, clerk = staff("reviewer"), staff("clerk")
    case = a_case(status, clerk=clerk, reviewer=reviewer)
    who = reviewer if action == "return" else clerk
    rest = {name: value for name, value in SAID[action].items() if name != field}
    for nothing in ({}, {field: ""}, {field: "   "}, {field: None}, {field: []}):
        with pytest.raises(BadInput) as refusal:
            engine.act(who, APPLICATION, case.number, action, {**rest, **nothing})
        assert [name for name, _ in refusal.value.errors] == [field]
    assert set(SAID[action]) >= {field}


@pytest.mark.django_db
@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_case_can_be_withdrawn(status):
    clerk = staff("clerk")
    case = a_case(status, clerk=clerk)
    withdrawn = act(clerk, case, "withdraw")
    assert withdrawn.status == "withdrawn"
    assert withdrawn.finished_on is not None
