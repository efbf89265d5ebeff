"""`./run faults`: kill processes under load, count what was promised, print what was found."""

import argparse
import json
import sys

from huitong.operations import scratch
from huitong.operations.faults import gateway


def main() -> int:
    """Run the loops; return 0 when nothing was missing and nothing double."""
    parser = argparse.ArgumentParser(prog="./run faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="how often server and shipper die")
    kills = parser.parse_args().kills
    with scratch.home():
        found = gateway.run(kills=kills)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
