"""Employers that claim by a link, as clerks ask them and as they answer."""

from typing import Any

from jiuyuan.money.employer_claim_workflow import EMPLOYER_CLAIM, open_with
from jiuyuan.money.models import EmployerClaim
from jiuyuan.people.models import Person
from jiuyuan.procedures import engine
from tests.factories import an_applicant, staff
from tests.money.claims import this_month

EMPLOYER = {"employer": "长春市南关区吉祥物业有限公司", "credit_code": "91220102MA0Y12345N"}
ACCOUNT = {"number": "0710 1234 5678 9012", "holder": EMPLOYER["employer"], "bank": "吉林银行南关支行"}


def to_ask(**changes: Any) -> dict[str, Any]:
    """What a clerk says who asks an employer."""
    return {
        **EMPLOYER, "scheme": "employer_insurance", "from": this_month(), "to": this_month(), "phone": "13843110000",
        "how": "按合同上的座机打过去，人事说是这个号码。", **changes,
    }  # fmt: skip


def of_the_employer(*people: Person, **changes: Any) -> dict[str, Any]:
    """What an employer says; of somebody whom nobody knows where nobody is named."""
    named = people or (an_applicant(name="毕常青"),)
    return {"people": "\n".join(f"{one.name} {one.id_number}" for one in named), **ACCOUNT, **changes}


def asked(**changes: Any) -> EmployerClaim:
    made: EmployerClaim = engine.act(staff("clerk"), EMPLOYER_CLAIM, None, "ask", to_ask(**changes))
    return made


def hand_in(claim: EmployerClaim, said: dict[str, Any]) -> EmployerClaim:
    """Through the link: the code is typed, then people and account."""
    mark = open_with(claim.secret, claim.code)
    done: EmployerClaim = engine.act(None, EMPLOYER_CLAIM, f"{claim.secret}.{mark}", "hand_in", said)
    return done


def handed_in(*people: Person, **changes: Any) -> EmployerClaim:
    return hand_in(asked(**changes), of_the_employer(*people))
