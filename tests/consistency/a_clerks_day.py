"""Who may open the pages with which a clerk works through many cases, as `test_every_page_by_role` lists them."""

LISTED = {
    "POST desk:ask": "302 302 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "GET desk:asked": "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:ask_many": "200 200 403 403 403 403 403 302 | 200 200 403 - 403 403 403 302",
    "GET desk:enquiries": "200 200 403 403 403 403 403 302 | 200 200 403 - 403 403 403 302",
    "GET desk:edit_form": "200 200 403 403 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:period_figures": "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:period_workbook": "200 200 200 200 403 403 403 302 | 200 200 200 - 403 403 403 302",
    "GET desk:receipts": "302 302 302 302 403 403 403 302 | 302 302 302 - 403 403 403 302",
    "GET desk:batch_sheet": "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "GET desk:batch_workbook": "200 200 200 200 403 403 403 302 | 404 404 404 - 403 403 403 302",
    "POST desk:batch_recall": "302 403 403 403 403 403 403 401 | 404 404 404 - 403 403 403 401",
    "POST desk:cases_save": "302 302 302 302 403 403 403 401 | 302 302 302 - 403 403 403 401",
    "POST desk:cases_forget": "302 302 302 302 403 403 403 401 | 302 302 302 - 403 403 403 401",
}
#: What counts for the lists and figures of an area: it only reads.
OF_FIGURES = (
    "applications.figures.columns", "applications.period_figures.divisions",
    "applications.todo.waits_for", "applications.todo.my_work", "queries.due_warnings",
    "period_figures.divisions",
)  # fmt: skip
