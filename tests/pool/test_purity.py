"""The engine and what it needs run where there is no Django: on a cluster, in another tool."""

import subprocess
import sys

PURE = [
    "types",
    "errors",
    "rules",
    "plans",
    "casting",
    "conforming",
    "proving",
    "landing",
    "keeping",
    "reconciling",
    "lake",
    "engines.duckdb",
    "engines.settling",
    "engines.statements",
    "engines.exporting",
]


def test_the_pure_parts_import_without_django() -> None:
    imports = "; ".join(f"import huitong.pool.{name}" for name in PURE)
    code = f"import sys; {imports}; print(sorted(m for m in sys.modules if m == 'django'))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
