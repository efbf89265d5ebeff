"""`./run faults`: kill processes under load, count what was promised, print what was found."""

import argparse
import json
import sys

from huitong.operations.faults import gateway


def main() -> int:
    """Run the loops; return 0 when nothing was missing and nothing double."""
    parser = argparse.ArgumentParser(prog="./run faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="how often server and shipper die")
    found = gateway.run(kills=parser.parse_args().kills)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if found["missing"] == 0 and found["double"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
