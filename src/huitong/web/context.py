"""What every template may use beside what its view hands over."""

from django.http import HttpRequest

from huitong.web import display, sections


def page(request: HttpRequest) -> dict[str, object]:
    """Return the reader's display choice, who acts, and where the page stands in the menu."""
    match = request.resolver_match
    return {
        "display": display.read(request),
        "actor": getattr(request, "actor", None),
        "actors": getattr(request, "actors", ()),
        "section": sections.section_of(match.url_name or "") if match else "",
    }
