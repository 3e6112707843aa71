"""The roles, and their rights beyond the transitions of a case, in one place."""

from enum import StrEnum

from jiuyuan.labels import Labelled


class Role(Labelled):
    APPLICANT = "applicant", "申请人"
    CHANNEL = "channel", "办理渠道"
    CLERK = "clerk", "基层经办人"
    REVIEWER = "reviewer", "县级复核人"
    SUPERVISOR = "supervisor", "市州督导"
    PROVINCE = "province", "省级管理"
    AUDITOR = "auditor", "审计"
    FINANCE = "finance", "资金经办"


STAFF = frozenset({Role.CLERK, Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE, Role.AUDITOR, Role.FINANCE})
#: The roles that see people's files. Finance sees the contents of batches, auditors the record.
CASE_STAFF = STAFF - {Role.AUDITOR, Role.FINANCE}
#: The agency levels at which a role can be (contract: Who acts); auditors at any.
SEATS: dict[Role, frozenset[str]] = {
    Role.CLERK: frozenset({"platform", "community"}),
    Role.REVIEWER: frozenset({"county"}),
    Role.SUPERVISOR: frozenset({"region"}),
    Role.PROVINCE: frozenset({"province"}),
    Role.AUDITOR: frozenset({"province", "region", "county", "platform", "community"}),
    Role.FINANCE: frozenset({"county", "region", "province"}),
}
#: The roles whose accounts a role manages below its own agency; the province also manages its own colleagues.
MANAGED: dict[Role, frozenset[Role]] = {
    Role.SUPERVISOR: frozenset({Role.CLERK, Role.REVIEWER, Role.AUDITOR, Role.FINANCE}),
    Role.PROVINCE: STAFF | {Role.CHANNEL},
}


class Right(StrEnum):
    """A right that is not a transition; transitions have roles of their own."""

    SEE_CASES = "see_cases"
    SEE_PEOPLE = "see_people"
    RECORD_FACTS = "record_facts"
    UNMASK = "unmask"
    READ_HISTORY = "read_history"
    EXPORT_LISTS = "export_lists"
    DECIDE_EXITS = "decide_exits"
    PROPOSE_EXITS = "propose_exits"
    IMPORT_RECORDS = "import_records"
    IMPORT_VACANCIES = "import_vacancies"
    SCREEN = "screen"
    RUN_NIGHTLY = "run_nightly"
    SEE_JOBS = "see_jobs"
    SEE_SYSTEM = "see_system"
    SEE_FIGURES = "see_figures"
    VISIT = "visit"
    SEE_VISITS = "see_visits"
    SEE_VACANCIES = "see_vacancies"
    SEE_PAYMENTS = "see_payments"
    SEE_BANK_ACCOUNTS = "see_bank_accounts"
    SEE_DUTIES = "see_duties"
    ENTER_BANK_ACCOUNTS = "enter_bank_accounts"
    INSPECT = "inspect"
    MANAGE_STAFF = "manage_staff"
    MANAGE_AGENCIES = "manage_agencies"
    SEE_PARAMETERS = "see_parameters"
    OVERSEE = "oversee"
    SEE_OVERSIGHT = "see_oversight"
    SEE_MISCONDUCT = "see_misconduct"


RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SEE_CASES: CASE_STAFF | {Role.APPLICANT, Role.CHANNEL},
    Right.SEE_PEOPLE: CASE_STAFF,
    Right.RECORD_FACTS: frozenset({Role.CLERK, Role.REVIEWER}),
    Right.UNMASK: frozenset({Role.CLERK, Role.REVIEWER}),
    Right.READ_HISTORY: frozenset({Role.AUDITOR}),
    Right.EXPORT_LISTS: CASE_STAFF,
    Right.DECIDE_EXITS: frozenset({Role.REVIEWER}),
    Right.PROPOSE_EXITS: frozenset({Role.CLERK, Role.REVIEWER}),
    Right.IMPORT_RECORDS: frozenset({Role.REVIEWER}),
    Right.IMPORT_VACANCIES: frozenset({Role.CLERK}),
    Right.SCREEN: frozenset({Role.REVIEWER, Role.SUPERVISOR}),
    Right.RUN_NIGHTLY: frozenset({Role.PROVINCE}),
    Right.SEE_JOBS: frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE}),
    Right.SEE_SYSTEM: frozenset({Role.PROVINCE}),
    Right.SEE_FIGURES: CASE_STAFF,
    Right.VISIT: frozenset({Role.CLERK}),
    Right.SEE_VISITS: frozenset({Role.CLERK, Role.REVIEWER}),
    Right.SEE_VACANCIES: CASE_STAFF,
    Right.SEE_PAYMENTS: frozenset({Role.FINANCE, Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE}),
    Right.SEE_BANK_ACCOUNTS: frozenset({Role.FINANCE}),
    Right.SEE_DUTIES: CASE_STAFF | {Role.FINANCE},
    Right.ENTER_BANK_ACCOUNTS: frozenset({Role.CLERK}),
    Right.INSPECT: frozenset({Role.SUPERVISOR, Role.PROVINCE}),
    Right.MANAGE_STAFF: frozenset({Role.SUPERVISOR, Role.PROVINCE}),
    Right.MANAGE_AGENCIES: frozenset({Role.SUPERVISOR, Role.PROVINCE}),
    Right.SEE_PARAMETERS: frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.PROVINCE}),
    Right.OVERSEE: frozenset({Role.SUPERVISOR, Role.PROVINCE}),
    Right.SEE_OVERSIGHT: CASE_STAFF | {Role.AUDITOR},
    Right.SEE_MISCONDUCT: frozenset({Role.SUPERVISOR, Role.PROVINCE, Role.AUDITOR}),
}
