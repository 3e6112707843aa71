"""The pages of the desk."""

from django.urls import path

from jiuyuan.desk.views import acts, batch, cases, documents, facts, figures, inbox, notices, people, record, window

app_name = "desk"
urlpatterns = [
    path("", inbox.home, name="home"),
    path("cases/", inbox.inbox, name="inbox"),
    path("cases/export.xlsx", inbox.export, name="export"),
    path("cases/batch/", batch.batch, name="batch"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/number/", cases.unmask, name="case_unmask"),
    path("cases/<str:number>/do/<str:action>/", acts.act, name="act"),
    path("cases/<str:number>/facts/verify/", facts.verify, name="verify_facts"),
    path("cases/<str:number>/facts/record/", facts.record, name="record_facts"),
    path("cases/<str:number>/facts/<str:name>/settle/", facts.settle, name="settle_fact"),
    path("cases/<str:number>/facts/<str:name>/dispute/", facts.dispute, name="dispute_fact"),
    path("cases/<str:number>/documents/", documents.upload, name="upload"),
    path("cases/<str:number>/documents/<int:material>/", documents.document, name="document"),
    path("cases/<str:number>/documents/<int:material>/remove/", documents.remove, name="remove_document"),
    path("cases/<str:number>/form.pdf", documents.form_pdf, name="form_pdf"),
    path("cases/<str:number>/letters/<str:kind>.pdf", documents.letter, name="letter"),
    path("window/", window.window, name="window"),
    path("batches/", batch.batches, name="batches"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<str:key>.pdf", notices.board, name="board"),
    path("register/", people.register, name="register"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/number/", people.unmask, name="person_unmask"),
    path("people/<int:pk>/binding-code/", people.binding_code, name="binding_code"),
    path("search", people.search, name="search"),
    path("figures/", figures.figures, name="figures"),
    path("history/", record.entries, name="history"),
    path("history/export.csv", record.export_entries, name="export_history"),
    path("looks/", record.looks, name="looks"),
    path("looks/export.csv", record.export_looks, name="export_looks"),
    path("verify/", record.verify, name="verify"),
]
