"""Printing papers: typst, with the one Chinese font that the locked packages carry.

The same template and the same data give the same bytes: no date, no machine, no reader is in them.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import typst

from huitong.cases.papers.errors import FontMissingError

_FONT_PACKAGE = "cvttf-notosanscjk-regular"


def printed(template: Path, data: Mapping[str, object], **texts: str) -> bytes:
    """Return a PDF. The template finds `data` as JSON in `sys.inputs.data`, `texts` by their names.

    What it finds it sets as text: no markup in a fact is ever run. Raises: FontMissingError.
    """
    made, warnings = typst.compile_with_warnings(
        template,
        font_paths=[font().parent],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), **texts},
    )
    if any("unknown font" in warning.message for warning in warnings):
        raise FontMissingError
    return bytes(made)


@cache
def font() -> Path:
    """Return the Chinese font that the locked packages carry.

    Raises: FontMissingError; without it typst would print boxes.
    """
    try:
        found = metadata.distribution(_FONT_PACKAGE).files or []
    except metadata.PackageNotFoundError:
        raise FontMissingError from None
    for file in found:
        path = Path(str(file.locate()))
        if path.suffix.lower() in {".otf", ".ttf", ".ttc"} and path.is_file():
            return path.resolve()
    raise FontMissingError
