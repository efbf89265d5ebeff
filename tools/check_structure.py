"""What no ready linter looks at: length of files, room names, tracked secrets, hosts."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 400
FORBIDDEN = {"utils", "helpers", "services", "common"}
# Assembled, so that this file does not hold what it looks for.
HOSTS = re.compile(
    "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs"))
)


def faults() -> list[str]:
    """Return one line per fault."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    found = []
    for name in listed:
        path = ROOT / name
        if not path.is_file():
            continue
        if path.suffix == ".py" and name.startswith("src/"):
            length = len(path.read_text("utf-8").splitlines())
            if length > LIMIT:
                found.append(f"{name}: {length} lines, over {LIMIT}: split it by noun")
            parts = {path.stem, *(part for part in Path(name).parts[:-1])}
            if parts & FORBIDDEN:
                found.append(f"{name}: name the noun instead of {', '.join(parts & FORBIDDEN)}")
        if path.suffix in {".py", ".md", ".txt", ".lock", ".in", ".toml", ".html", ".yaml", ""}:
            text = path.read_text("utf-8", "replace")
            if HOSTS.search(text):
                found.append(f"{name}: names a package index")
            if "BEGIN " + "PRIVATE KEY" in text:
                found.append(f"{name}: holds a private key")
    return found


if __name__ == "__main__":
    lines = faults()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(bool(lines))
