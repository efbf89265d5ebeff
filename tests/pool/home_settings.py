"""Settings of a process whose files lie in a test's own home."""

import os
from dataclasses import replace
from pathlib import Path

from huitong.settings import *  # noqa: F403
from huitong.settings import CONFIG as _CONFIG

CONFIG = replace(_CONFIG, home=Path(os.environ.get("HUITONG_TEST_FILES", _CONFIG.home)))
