"""Pages of the desk that act on many, find people, ask departments and count, in the table of every page by role."""

from typing import Any

from jiuyuan.applications.models import Application
from tests.factories import PLATFORM, staff
from tests.oversight.articles import an_article
from tests.oversight.inspections import a_finding, an_inspection, checked, drawn
from tests.oversight.local_rules import a_rule, published
from tests.oversight.months import closed
from tests.oversight.orders import an_order
from tests.oversight.parameters import drafted
from tests.oversight.targets import a_target
from tests.oversight.training import answered

LISTED = {
    "GET desk:batch":            "200 403 403 403 403 403 403 302 | 200 403 403 - 403 403 403 302",
    "GET desk:batches":          "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:figures":          "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:extracts":        "403 200 200 403 403 403 403 302 | 403 200 200 - 403 403 403 302",
    "GET desk:extract":         "403 200 200 403 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET desk:extract_progress": "403 200 200 403 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET desk:leads":           "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:lead":            "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "POST desk:cases_save":      "302 302 302 302 403 403 403 401 | 302 302 302 - 403 403 403 401",
    "POST desk:cases_forget":    "302 302 302 302 403 403 403 401 | 302 302 302 - 403 403 403 401",
    "GET desk:receipts":         "302 302 302 302 403 403 403 302 | 302 302 302 - 403 403 403 302",
    "GET desk:ask_many":         "200 200 403 403 403 403 403 302 | 200 200 403 - 403 403 403 302",
    "POST desk:ask":             "302 302 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET desk:asked":            "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:enquiries":        "200 200 403 403 403 403 403 302 | 200 200 403 - 403 403 403 302",
    "GET desk:edit_form":        "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:batch_sheet":      "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:batch_workbook":   "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "POST desk:batch_recall":    "302 403 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET desk:period_figures":   "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:period_workbook":  "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:months":            "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:month_list":        "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:month_workbook":    "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:month_pdf":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:month_act":         "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:supervision":       "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:supervision_order": "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:target_new":        "403 200 200 200 403 403 403 302 | 403 200 200 - 403 403 403 302",
    "GET desk:target_act":        "403 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:supervision_act":   "200 200 200 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:inspections":       "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:recovery_letter":    "404 404 404 404 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:inspection_certificate": "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:findings":          "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:doubts":            "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:handovers":         "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:misconducts":       "403 403 200 200 200 403 403 302 | 403 403 200 - 200 403 403 302",
    "GET desk:recoveries":        "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:oversight_thing":   "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:oversight_act":     "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:oversight_begin":   "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:supervise":         "403 403 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:local_rules":       "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:local_rule":        "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:local_rule_new":    "403 403 200 403 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:local_rule_act":    "403 403 200 403 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:parameters":       "403 200 200 200 403 403 403 302 | 403 200 200 - 403 403 403 302",
    "GET desk:parameters_kind":  "403 200 200 200 403 403 403 302 | 403 200 200 - 403 403 403 302",
    "GET desk:parameter_new":    "403 200 200 200 403 403 403 302 | 403 200 200 - 403 403 403 302",
    "GET desk:parameter_preview": "403 200 200 200 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET desk:parameter":        "403 200 200 200 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET desk:parameter_act":    "403 200 200 200 403 403 403 302 | 403 404 404 - 403 403 403 302",
    "GET desk:patterns":          "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:policy_course":     "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:policy_course_result": "404 404 404 404 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:policy_course_staff": "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:articles":          "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:article":           "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:article_new":       "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:article_act":       "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET portal:articles":        "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:article":         "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:schemes":         "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:scheme":          "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:rules":           "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:rule":            "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
}  # fmt: skip
SHOWS = {
    "GET desk:batch_workbook": "on the register",
    "GET desk:supervision": "name",
    "GET desk:month_list": "name",
}
OF_A_CASE = ("ask", "asked", "edit_form")
OF_A_BATCH = ("batch_sheet", "batch_workbook", "batch_recall")
_MARCH = {"month": "2026-03"}
QUERIES = {
    "desk:supervision": {"state": "asked"},
    "desk:findings": {"state": "raised"},
    "desk:months": _MARCH,
    "desk:month_list": {"month": "2026-03", "figure": "received"},
    "desk:month_workbook": _MARCH,
    "desk:month_pdf": _MARCH,
}


def arguments(case: Application, recognised: Application) -> dict[str, list[Any]]:
    """What stands behind the addresses of a batch, of an order of supervision about the case, of an inspection, and of rules."""
    order, draft, word = an_order(case), a_rule(), drafted("draft_word")
    street = closed()
    supervisor = staff("supervisor")
    inspection = drawn(an_inspection(supervisor, scope=case.agency.code), supervisor)
    finding = a_finding(checked(inspection, supervisor), supervisor)
    return {f"desk:{name}": [recognised.batch.number] for name in OF_A_BATCH} | {
        "desk:month_act": [street.pk, "approve"],
        "desk:target_act": [a_target(PLATFORM).pk, "change"],
        "desk:supervision_order": [order.pk],
        "desk:supervision_act": [order.pk, "answer_supervision"],
        "desk:supervise": ["application", case.pk],
        "desk:recovery_letter": [0],
        "desk:inspection_certificate": [inspection.pk],
        "desk:oversight_thing": ["inspections", inspection.pk],
        "desk:oversight_act": ["findings", finding.pk, "answer"],
        "desk:oversight_begin": ["inspected_cases", inspection.pk, "check"],
        "desk:policy_course_result": [answered().pk],
        "desk:article": [an_article().pk],
        "desk:article_act": [an_article().pk, "revise_article"],
        "portal:article": [an_article(published=True).pk],
        "portal:scheme": ["recognition"],
        "desk:parameters_kind": ["wage"],
        "desk:parameter_new": ["draft_word"],
        "desk:parameter": [word.pk],
        "desk:parameter_preview": [drafted("draft_letter").pk],
        "desk:parameter_act": [word.pk, "drop_parameter"],
        "desk:local_rule": [draft.pk],
        "desk:local_rule_act": [draft.pk, "set_limit"],
        "portal:rule": [published(title="已经公布的细则").pk],
    }
