"""A reader of pages that fails on what no page of ours may hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

LogIn = Callable[[str], Client]
"""From a user name to that person's browser."""
_REFERENCES = ("for", "aria-labelledby", "aria-describedby", "list", "form")


@dataclass
class Found:
    """What a page holds; `faults` are sentences, empty for a good page."""

    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    lang: str = ""
    heads: int = 0
    controls: list[dict[str, str | None]] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Found()
        self._open: list[str] = []
        self._in_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        found = self.found
        if tag == "html":
            found.lang = values.get("lang") or ""
        if tag == "h1":
            found.heads += 1
        if tag == "style" or "style" in values:
            found.faults.append(f"inline style in <{tag}>")
        if tag == "script" and "src" not in values:
            found.faults.append("inline script")
        found.faults += [f"inline handler {name} in <{tag}>" for name in values if name[:2] == "on"]
        if tag == "label":
            self._in_label += 1
            found.labelled.add(values.get("for") or "")
        if (
            tag in {"input", "select", "textarea"}
            and values.get("type") not in {"hidden", "submit"}
            and not self._in_label
        ):
            found.controls.append(values)
        identity = values.get("id")
        if identity:
            found.ids.append(identity)
        for name in _REFERENCES:
            found.wanted += (values.get(name) or "").split()
        target = values.get("href") or ""
        if tag == "a" and target.startswith("#"):
            found.wanted.append(target[1:])

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._in_label -= 1


def inspect(html: str) -> list[str]:
    """Return what is wrong with a page, as sentences."""
    reader = _Reader()
    reader.feed(html)
    found = reader.found
    faults = found.faults
    faults += [f"template syntax {mark} on the page" for mark in ("{{", "{%", "{#") if mark in html]
    if not found.lang:
        faults.append("no lang")
    if found.heads != 1:
        faults.append(f"{found.heads} first headings")
    twice = {one for one in found.ids if found.ids.count(one) > 1}
    faults += [f"id {one} occurs twice" for one in sorted(twice)]
    faults += [f"#{one} leads nowhere" for one in sorted(set(found.wanted) - set(found.ids))]
    for control in found.controls:
        named = control.get("aria-label") or control.get("id") in found.labelled
        if not named:
            faults.append(f"no label for {control.get('name')}")
    return faults


class StrictClient(Client):
    """Django's test client; every page that it fetches is inspected."""

    def request(self, **request: object) -> HttpResponse:  # type: ignore[override]
        response = super().request(**request)
        html = "text/html" in response.headers.get("Content-Type", "")
        if html and not response.streaming and response.content:
            text = response.content.decode()
            fragment = not text.lstrip().startswith("<!doctype")
            faults = [] if fragment else inspect(text)
            assert not faults, f"{request.get('PATH_INFO')}: {'; '.join(faults)}"
            policy = response.headers["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
        return response  # type: ignore[return-value]


class Undefined(str):
    """Put in place of an undefined template variable: it fails instead of showing nothing."""

    __slots__ = ()

    def __mod__(self, name: object) -> str:
        msg = f"undefined template variable: {name}"
        raise AssertionError(msg)

    def __contains__(self, text: object) -> bool:
        return text == "%s" or super().__contains__(str(text))


class _Form(HTMLParser):
    """Reads what a browser would post of the forms in `main`."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = ""
        self._area = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("name") or ""
        if tag == "input" and name and values.get("type") not in {"submit", "file"}:
            if values.get("type") in {"radio", "checkbox"} and "checked" not in values:
                return
            self.values[name] = values.get("value") or (
                "on" if values.get("type") == "checkbox" else ""
            )
        if tag == "select":
            self._select = name
        if tag == "option" and self._select:
            first = self._select not in self.values
            if first or "selected" in values:
                self.values[self._select] = values.get("value") or ""
        if tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self.values[self._area] = self._text.strip("\r\n")
            self._area = ""


def fields_of(html: str) -> dict[str, str]:
    """Return the answers that a page's main part holds already, as a browser would post them."""
    reader = _Form()
    reader.feed(html.partition("<main")[2].partition("</main>")[0])
    reader.values.pop("csrfmiddlewaretoken", None)
    return reader.values
