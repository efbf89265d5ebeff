"""Addresses: portal `/`, workbench `/w/`, API `/api/v1/`."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from huitong.web.api.root import api
from huitong.web.views import (
    account,
    applications,
    books,
    case_list,
    cases,
    datasets,
    deliveries,
    drafts,
    grants,
    law,
    law_beside,
    law_kinds,
    ledger,
    notices,
    organisations,
    papers,
    portal,
    problems,
    registers,
    requests,
    starts,
    times,
    todo,
    withdrawals,
)

workbench = [
    path("", todo.show_todos, name="todo"),
    path("notices/", notices.show_notices, name="notices"),
    path("periods/", times.show_periods, name="periods"),
    path("calendar/", times.show_calendar, name="calendar"),
    path("login/", account.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("posts/", account.choose_post, name="posts"),
    path("start/", starts.show_kinds, name="start"),
    path("start/<str:kind>/", starts.start_kind, name="start-kind"),
    path("datasets/", datasets.show_datasets, name="datasets"),
    path("drafts/new/", drafts.propose, name="dataset-new"),
    path("drafts/confirm/", drafts.confirm, name="dataset-confirm"),
    path("datasets/<str:code>/", datasets.show_dataset, name="dataset"),
    path("datasets/<str:code>/edit/", drafts.edit, name="dataset-edit"),
    path("datasets/<str:code>/submit/", datasets.submit, name="dataset-submit"),
    path("datasets/<str:code>/open/", datasets.propose_open, name="dataset-open"),
    path("datasets/<str:code>/close/", withdrawals.close, name="dataset-close"),
    path("datasets/<str:code>/withdraw/", withdrawals.withdraw, name="dataset-withdraw"),
    path("datasets/<str:code>/deliver/", deliveries.deliver, name="deliver"),
    path("datasets/<str:code>/apply/", applications.apply, name="apply"),
    path("deliveries/", deliveries.show_deliveries, name="deliveries"),
    path("deliveries/<uuid:delivery_id>/", deliveries.show_delivery, name="delivery"),
    path(
        "deliveries/<uuid:delivery_id>/status/", deliveries.delivery_status, name="delivery-status"
    ),
    path("batches/<int:number>/", deliveries.show_batch, name="batch"),
    path("batches/<int:number>/quarantine.csv", deliveries.download_quarantine, name="quarantine"),
    path("cases/", case_list.show_cases, name="cases"),
    path("cases/<str:number>/", cases.show_case, name="case"),
    path("cases/<str:number>/step/", cases.take_step, name="step"),
    path("cases/<str:number>/applicant/", requests.erase_applicant, name="applicant-erase"),
    path("cases/<str:number>/form.pdf", applications.download_form, name="case-form"),
    path("cases/<str:number>/file.<str:form>", papers.download_file, name="case-file"),
    path("cases/<str:number>/papers/<str:paper>.pdf", papers.download_paper, name="paper"),
    path("cases/<str:number>/papers/<str:paper>/issue/", papers.issue_paper, name="paper-issue"),
    path("grants/", grants.show_grants, name="grants"),
    path("grants/<int:number>/", grants.show_grant, name="grant"),
    path("clients/", grants.show_clients, name="clients"),
    path("clients/<str:client_id>/stop/", grants.stop_client, name="client-stop"),
    path("registers/", registers.show_registers, name="registers"),
    path("registers/<slug:name>/", registers.show_register, name="register"),
    path("registers/open_access/<int:number>/code/", registers.issue_code, name="access-code"),
    path("registers/<slug:name>.csv", registers.download_register, name="register-csv"),
    path("organisations/", organisations.show_organisations, name="organisations"),
    path("places/<str:code>/", organisations.show_place, name="place"),
    path("organisations/<str:code>/", organisations.show_organisation, name="organisation"),
    path(
        "organisations/<str:code>/people/", organisations.change_people, name="organisation-people"
    ),
    path("organisations/<str:code>/books/<str:kind>/", books.file_paper, name="book-new"),
    path("books/<int:number>/", books.show_paper, name="book"),
    path("books/<int:number>/file", books.fetch_file, name="book-file"),
    path("ledger/", ledger.show_ledger, name="ledger"),
    path("ledger/verify/", ledger.verify, name="ledger-verify"),
    path("ledger/<uuid:uuid>/", ledger.show_entry, name="entry"),
    path("ledger/<uuid:uuid>/receipt.json", ledger.download_receipt, name="entry-receipt"),
]

urlpatterns = [
    path("", portal.show_home, name="portal"),
    path("search/", portal.search, name="search"),
    path("datasets/<str:code>/", portal.show_dataset, name="open-dataset"),
    path("datasets/<str:code>/download/<str:fmt>", portal.download, name="open-download"),
    path("registers/<slug:name>/", registers.show_public, name="public-register"),
    path("registers/<slug:name>.csv", registers.download_public, name="public-register-csv"),
    path("requests/", requests.show_requests, name="requests"),
    path("requests/leave/", requests.leave, name="request-leave"),
    path("requests/new/<str:kind>/", requests.new_request, name="request-new"),
    path("requests/<str:number>/", requests.show_request, name="request"),
    path("requests/<str:number>/step/", requests.take_step, name="request-step"),
    path("healthz", problems.healthy, name="healthz"),
    path("law/", law.show_law, name="law"),
    path("law/compare/", law_beside.compare, name="law-compare"),
    path("law/<str:profile_id>/", law.show_text, name="law-text"),
    path("law/<str:profile_id>/health/", law_beside.show_health, name="law-health"),
    path("law/<str:profile_id>/uses/<str:clause_id>/", law.show_uses, name="law-uses"),
    path("law/<str:profile_id>/<str:kind>/", law_kinds.show_kind, name="law-kind"),
    path("display/", account.show_display, name="display"),
    path("language/", set_language, name="set_language"),
    path("w/", include(workbench)),
    path("api/v1/", api.urls),
]

handler400 = "huitong.web.views.problems.bad_request"
handler403 = "huitong.web.views.problems.forbidden"
handler404 = "huitong.web.views.problems.not_found"
handler500 = "huitong.web.views.problems.broken"
