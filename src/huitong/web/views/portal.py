"""The portal: home, search, one open dataset, downloads. Nobody has to be logged in."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huitong.opening import downloads, queries
from huitong.opening.models import OpenEntry
from huitong.opening.types import Facet, FacetValue, Preview
from huitong.pool.models import Batch
from huitong.web import clock, wording
from huitong.web.access import public
from huitong.web.templatetags.ht import language
from huitong.web.views.datasets import department_name
from huitong.web.views.requests import public_kinds

FACETS: dict[str, str | Promise] = {
    "opening_type": _("开放类型"),
    "provider": _("提供部门"),
    "theme": _("领域"),
    "frequency": _("更新频率"),
    "format": _("来源格式"),
    "jurisdiction": _("地区"),
}
_WORDS = {"opening_type": "opening", "frequency": "frequency"}
_NEWEST = 5
_ON_A_PAGE = 10
_PREVIEWED = 20


@public
def show_home(request: HttpRequest) -> HttpResponse:
    """Show the search box, the ways in, and what was published last."""
    found = queries.open_datasets(size=_NEWEST)
    facets = {facet.name: facet for facet in found.facets}
    page = {
        "q": "",
        "total": found.total,
        "newest": _results(found.entries),
        "themes": _tiles(facets.get("theme")),
        "providers": _tiles(facets.get("provider")),
    }
    return render(request, "web/portal/home.html", page)


@public
def search(request: HttpRequest) -> HttpResponse:
    """Show the results of a search, the facets with counts, and the choices as removable chips."""
    words = request.GET.get("q", "").strip()[:200]
    chosen = {name: request.GET[name] for name in FACETS if request.GET.get(name)}
    found = queries.open_datasets(
        words, filters=chosen, page=_number(request.GET.get("page")), size=_ON_A_PAGE
    )
    listed = {facet.name: facet for facet in found.facets}
    page = {
        "q": words,
        "total": found.total,
        "results": _results(found.entries),
        "facets": [_facet(listed[name], words, chosen) for name in FACETS if name in listed],
        "chips": [
            {
                "label": _label(name, _named(listed[name].values, value)),
                "url": _address(words, {k: v for k, v in chosen.items() if k != name}),
            }
            for name, value in chosen.items()
            if name in listed
        ],
        "pages": [
            {
                "number": number,
                "url": _address(words, chosen, page=number),
                "current": number == found.page,
            }
            for number in range(1, found.pages + 1)
            if abs(number - found.page) < 5 or number in {1, found.pages}
        ],
    }
    return render(request, "web/portal/search.html", page)


@public
def show_dataset(request: HttpRequest, code: str) -> HttpResponse:
    """Show one open dataset: what it is, its items, its first rows, how to fetch it."""
    shown = queries.dataset_page(code)
    empty = Preview((), (), ())
    rows = shown.downloadable and shown.rows is not None
    preview = queries.preview(shown.entry, limit=_PREVIEWED) if rows else empty
    result = _results([shown.entry])[0]
    page = {
        "dataset": {
            **result,
            "resource_code": shown.entry.dataset.resource_code,
            "data_format": shown.entry.version.data_format,
            "opening_condition": shown.entry.opening_condition,
            "listed_at": shown.entry.listed_at,
            "version": shown.entry.version.number,
        },
        "downloadable": rows,
        "requests": [
            {"name": table.kind, "label": table.names.get(language())}
            for table in public_kinds(at_dataset=True)
        ],
        "items": shown.items,
        "preview": {"columns": preview.headers, "rows": preview.rows},
        "base_url": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "web/portal/dataset.html", page)


@public
def download(request: HttpRequest, code: str, fmt: str) -> StreamingHttpResponse:
    """Stream all rows of the snapshot that is served now; a posted code opens conditional data."""
    entry = queries.entry_of(code)
    shown = request.POST.get("code", "")[:200]
    # The first piece is made before the answer begins, so that what fails here has a status.
    pieces = iter(downloads.download(entry, fmt, code=shown, at=clock.now()))
    first = next(pieces, b"")
    answer = StreamingHttpResponse(
        chain([first], pieces), content_type=downloads.CONTENT_TYPES[fmt]
    )
    name = downloads.file_name(entry, fmt)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _results(entries: Iterable[OpenEntry]) -> list[dict[str, Any]]:
    """Return entries as cards, with rows, items and quality: two queries more, however many."""
    found = list(entries)
    batches = {
        batch.dataset_id: batch
        for batch in Batch.objects.accepted()
        .filter(dataset_id__in=[entry.dataset_id for entry in found])
        .order_by("dataset_id", "-id")
        .distinct("dataset_id")
    }
    items = queries.open_item_counts(found)
    return [_card(entry, batches.get(entry.dataset_id), items[entry.pk]) for entry in found]


def _card(entry: OpenEntry, batch: Batch | None, items: int) -> dict[str, Any]:
    version = entry.version
    quality = None
    if batch is not None and batch.rows_read:
        quality = f"{100 * (batch.rows_read - batch.quarantined) / batch.rows_read:.1f} %"
    return {
        "code": entry.dataset.code,
        "title": version.title_en if language() == "en" and version.title_en else version.title,
        "summary": version.summary,
        "theme": version.theme,
        "provider": department_name(entry.dataset.provider),
        "opening_type": entry.opening_type,
        "update_frequency": version.update_frequency,
        "updated_at": batch.received_at if batch else None,
        "rows": batch.accepted if batch else None,
        "items": items,
        "quality": quality,
    }


def _facet(facet: Facet, words: str, chosen: dict[str, str]) -> dict[str, Any]:
    others = {name: value for name, value in chosen.items() if name != facet.name}
    return {
        "name": facet.name,
        "label": FACETS[facet.name],
        "values": [
            {
                "label": _label(facet.name, value),
                "count": value.count,
                "chosen": value.chosen,
                "url": _address(
                    words, others if value.chosen else {**others, facet.name: value.value}
                ),
            }
            for value in facet.values
        ],
    }


def _label(name: str, value: FacetValue) -> str:
    return wording.label(_WORDS[name], value.value, language()) if name in _WORDS else value.label


def _named(values: Sequence[FacetValue], wanted: str) -> FacetValue:
    """Return a chosen value, also one that no result has any more."""
    nothing = FacetValue(wanted, wanted, 0, chosen=True)
    return next((value for value in values if value.value == wanted), nothing)


def _tiles(facet: Facet | None) -> list[dict[str, Any]]:
    if facet is None:
        return []
    return [
        {"label": _label(facet.name, one), "value": one.value, "count": one.count}
        for one in facet.values
    ]


def _address(words: str, chosen: dict[str, str], page: int = 1) -> str:
    asked = {"q": words, **chosen} | ({"page": str(page)} if page > 1 else {})
    text = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('search')}?{text}" if text else reverse("search")


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else 1
