"""How a reader wants pages shown: colours, contrast, size of text. Kept in one cookie."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

COOKIE = "huitong_display"
A_YEAR = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")
CONTRASTS = ("normal", "more")
TEXTS = ("normal", "large")


@dataclass(frozen=True, slots=True)
class Display:
    """One reader's choice; the words become data attributes of the root element."""

    theme: str = "auto"
    contrast: str = "normal"
    text: str = "normal"


def read(request: HttpRequest) -> Display:
    """Return the choice in the cookie; what is not a known word counts as not chosen."""
    words = request.COOKIES.get(COOKIE, "").split(".")
    return chosen(*words) if len(words) == 3 else Display()


def chosen(theme: str, contrast: str, text: str) -> Display:
    """Return a choice, each unknown word replaced by the first known one."""
    return Display(
        theme=theme if theme in THEMES else THEMES[0],
        contrast=contrast if contrast in CONTRASTS else CONTRASTS[0],
        text=text if text in TEXTS else TEXTS[0],
    )


def keep(response: HttpResponse, display: Display, *, secure: bool) -> None:
    """Write the choice into the answer's cookie."""
    response.set_cookie(
        COOKIE,
        f"{display.theme}.{display.contrast}.{display.text}",
        max_age=A_YEAR,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
