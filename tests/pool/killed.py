"""A delivery in a process of its own, which the test kills: `killed.py DATASET FILE`.

Prints one line when it is ready and one at each stage.
"""

import sys
from pathlib import Path

import django

django.setup()

from huitong.catalogue.models import Dataset  # noqa: E402
from huitong.organisations.types import SYSTEM  # noqa: E402
from huitong.pool import actions  # noqa: E402
from pool.stage import NOON  # noqa: E402


def main() -> None:
    dataset = Dataset.objects.select_related("current_version", "provider").get(code=sys.argv[1])
    path = Path(sys.argv[2])
    print("ready", flush=True)  # noqa: T201
    actions.receive_delivery(
        dataset=dataset,
        path=path,
        name=path.name,
        actor=SYSTEM,
        at=NOON,
        progress=lambda step, rows: print(step, rows, flush=True),  # noqa: T201
    )


if __name__ == "__main__":
    main()
