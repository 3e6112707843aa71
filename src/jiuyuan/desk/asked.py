"""The results of enquiries to departments, for pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from jiuyuan.applications.asking import departments_of
from jiuyuan.applications.case import Case
from jiuyuan.people.models import Enquiry
from jiuyuan.people.sources import enquiries
from jiuyuan.rules.departments import DEPARTMENTS
from jiuyuan.rules.facts import FACTS
from jiuyuan.wording import say

State = Enquiry.State
_VALUES = {State.ANSWERED: True, State.NOTHING: None, State.FAILED: False, State.WAITING: None}


@dataclass(frozen=True)
class AskedDepartment:
    """A department of a case or list: the last enquiry, and whether it has an interface."""

    department: str
    able: bool
    enquiry: Enquiry | None

    @property
    def label(self) -> str:
        return DEPARTMENTS[self.department].label

    @property
    def waiting(self) -> bool:
        return self.enquiry is not None and self.enquiry.state == State.WAITING

    @property
    def value(self) -> bool | None:
        return _VALUES[State(self.enquiry.state)] if self.enquiry else None

    @property
    def words(self) -> str:
        if self.enquiry is None:
            return say("还没有查询") if self.able else say("没有接通接口，按材料核实或导入文件")
        if self.enquiry.state == State.FAILED:
            return self.enquiry.failure
        if self.enquiry.state != State.ANSWERED:
            return str(State(self.enquiry.state).label)
        if differs := [FACTS[name].label for name in self.enquiry.differs if name in FACTS]:
            return say(
                "查得{count}项，其中{differs}与其他来源不一致", count=len(self.enquiry.recorded), differs=differs
            )
        return (
            say("查得{count}项，已登记", count=len(self.enquiry.recorded))
            if self.enquiry.recorded
            else say("有记录，但没有说明要查的事项")
        )


def of_case(case: Case) -> list[AskedDepartment]:
    return of_cases([case])[0]


def of_cases(cases: Sequence[Case]) -> list[list[AskedDepartment]]:
    """For each case the departments whose records can affect it."""
    able = enquiries.connected()
    last = enquiries.latest([case.person.pk for case in cases])
    return [
        [AskedDepartment(code, code in able, last.get((case.person.pk, code))) for code in departments_of(case)]
        for case in cases
    ]
