"""The API object: session log-in with CSRF, OpenAPI at `/api/v1/openapi.json`."""

from ninja import NinjaAPI
from ninja.security import django_auth

from huitong.web.api import cases, datasets, deliveries, kinds, ledger, organisations, problems
from huitong.web.texts import OnlyTextParser

api = NinjaAPI(
    title="汇通 Huitong API",
    version="1",
    description="目录、归集、办件与存证。错误为 problem+json，含 code 与 cite（条款编号）。",
    urls_namespace="api-1",
    auth=django_auth,
    parser=OnlyTextParser(),
    docs_url=None,  # the viewer would fetch scripts from elsewhere
    openapi_url="/openapi.json",
)
problems.claim(api)
api.add_router("/datasets", datasets.router)
api.add_router("", deliveries.router)
api.add_router("/cases", cases.router)
api.add_router("/kinds", kinds.router)
api.add_router("/ledger", ledger.router)
api.add_router("/organisations", organisations.router)
