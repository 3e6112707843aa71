"""The acts on accounts and offices; none of them changes a person's file or case."""

#: Acts recorded in every file that moves with an office or to another; they change where rows belong.
MOVED_ALONG = frozenset({"agency_merged", "agency_split", "agency_moved", "agency_parted"})

SETS_NOTHING = frozenset({
    "account_opened", "consented", "account_role_changed", "account_moved", "help_handed_over", "account_closed", "account_expired", "password_changed",
    "password_reset", "other_logins_ended", "second_factor_added", "second_factor_removed", "second_factor_reset", "recovery_codes_drawn", "recovery_code_used",
    "token_issued", "token_revoked", "holder_named", "relative_declared", "relative_taken_off",
    "agency_made", "agency_changed", "agency_closed", "agency_reopened", "agency_seal_replaced", *MOVED_ALONG,
})  # fmt: skip
