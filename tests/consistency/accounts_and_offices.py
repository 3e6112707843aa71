"""The pages of accounts and agencies in the table of every page by role, and what stands behind their addresses."""

from typing import Any

from jiuyuan import clock
from jiuyuan.agencies.models import Agency, SecondFactor, User
from jiuyuan.agencies.second_factor import new_secret
from jiuyuan.agencies.services import issue_token
from jiuyuan.people import holders
from jiuyuan.people import staff as accounts
from tests.factories import an_id_number, staff
from tests.oversight.reorganisations import drafted

USERNAME = "ouyangjing"

LISTED = {
    "GET desk:account":          "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:own_password":     "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:holder":           "302 302 302 302 302 403 403 302 | 302 302 302 - 302 403 403 302",
    "GET desk:relative_add":     "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:relative_remove":  "404 404 404 404 404 403 403 302 | 404 404 404 - 404 403 403 302",
    "GET desk:token_issue":      "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:token_revoke":     "404 404 404 404 404 403 403 302 | 404 404 404 - 404 403 403 302",
    "GET desk:staff":            "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:staff_open":       "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:staff_account":    "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:staff_change":     "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:staff_close":      "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:staff_hand_over": "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:staff_password":   "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:second_factor":    "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:second_factor_app": "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:second_factor_key": "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:second_factor_codes": "200 200 200 200 200 403 403 302 | 200 200 200 - 200 403 403 302",
    "GET desk:second_factor_remove": "404 404 404 404 404 403 403 302 | 404 404 404 - 404 403 403 302",
    "GET desk:staff_second_factor": "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET confirm_again":         "200 200 200 200 200 200 200 302 | 200 200 200 - 200 200 200 302",
    "POST sign_on":             "404 404 404 404 404 404 404 404 | 404 404 404 - 404 404 404 404",
    "GET sign_on_back":         "404 404 404 404 404 404 404 404 | 404 404 404 - 404 404 404 404",
    "GET second_step":           "302 302 302 302 302 302 302 302 | 302 302 302 - 302 302 302 302",
    "GET desk:staff_token":      "403 403 404 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:staff_token_revoke": "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:agencies":         "403 403 302 302 403 403 403 302 | 403 403 302 - 403 403 403 302",
    "GET desk:agency_import":    "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:agency":           "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:agency_change":    "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:agency_new":       "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:agency_seal":      "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:reorganisations":  "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:reorganisation_new": "403 403 200 200 403 403 403 302 | 403 403 200 - 403 403 403 302",
    "GET desk:reorganisation":   "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:reorganisation_act": "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:agency_reopen":    "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET desk:agency_close":     "403 403 200 200 403 403 403 302 | 403 403 404 - 403 403 403 302",
    "GET portal:forgotten":      "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:windows":        "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET portal:account":        "403 403 403 403 403 200 403 302 | 403 403 403 - 403 200 403 302",
    "GET portal:own_password":   "403 403 403 403 403 200 403 302 | 403 403 403 - 403 200 403 302",
    "GET portal:phone":          "403 403 403 403 403 200 403 302 | 403 403 403 - 403 302 403 302",
    "GET portal:address":        "403 403 403 403 403 200 403 302 | 403 403 403 - 403 302 403 302",
    "GET portal:close_account":  "403 403 403 403 403 200 403 302 | 403 403 403 - 403 200 403 302",
    "POST portal:token_revoke":  "403 403 403 403 403 302 403 401 | 403 403 403 - 403 404 403 401",
    "GET sign_ins":             "200 200 200 200 200 200 200 302 | 200 200 200 - 200 200 200 302",
    "POST sms_receipts":         "404 404 404 404 404 404 404 404 | 404 404 404 - 404 404 404 404",
    "GET live":                  "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET ready":                 "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET metrics":               "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
    "GET desk:system":           "403 403 403 200 403 403 403 302 | 403 403 403 - 403 403 403 302",
    "GET desk:erasure":          "403 403 403 200 403 403 403 302 | 403 403 403 - 403 403 403 302",
    "GET texts":                 "200 200 200 200 200 200 200 200 | 200 200 200 - 200 200 200 200",
}  # fmt: skip
SHOWS = {"GET desk:staff": "account", "GET desk:staff_account": "account", "GET desk:agency": "office"}


def arguments(owner: User, agency: Agency) -> dict[str, list[Any]]:
    """A colleague at the platform of the case, with a token and a relative, a channel, and a token of the owner's."""
    number = an_id_number("1988-08-08", number=88)
    somebody, _ = accounts.open_account(
        staff("province"), USERNAME, name="欧阳静", role="clerk", agency=agency.code, id_number=number
    )
    relative = holders.declare(
        somebody, name="欧阳海", relation="父亲", id_number=an_id_number("1958-08-08", "male", 58)
    )
    for account in (somebody, owner):
        issue_token(account)
    token = somebody.tokens.get().pk
    factor = SecondFactor.objects.create(user=somebody, kind="app", secret=new_secret(), added_at=clock.now())
    row = drafted()
    of_an_account = ("account", "change", "close", "hand_over", "password", "second_factor")
    hall, _ = accounts.open_account(staff("province"), "ouyanghall", name="网上办事大厅", role="channel")
    return (
        {f"desk:staff_{name}": [somebody.pk] for name in of_an_account}
        | {f"desk:agency{name}": [agency.code] for name in ("", "_change", "_new", "_seal", "_reopen", "_close")}
        | {"desk:reorganisation_new": ["draft_split"], "desk:reorganisation": [row.pk]}
        | {"desk:reorganisation_act": [row.pk, "drop_reorganisation"]}
        | {"desk:staff_token": [hall.pk]}
        | {"desk:staff_token_revoke": [somebody.pk, token], "desk:token_revoke": [token]}
        | {"sign_on": ["staff"], "sign_on_back": ["staff"]}
        | {"desk:second_factor_remove": [factor.pk]}
        | {"desk:relative_remove": [relative.pk], "portal:token_revoke": [owner.tokens.get().pk]}
    )
