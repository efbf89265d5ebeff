"""Settings for a platform behind a proxy, out of the environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from huitong.config import ConfigError, load

ENVIRONMENT = {
    "HUITONG_ALLOWED_HOSTS": "data.example, www.data.example",
    "HUITONG_TRUSTED_ORIGINS": "https://data.example",
    "HUITONG_SECURE": "1",
}


def test_hosts_and_origins_are_lists_by_comma() -> None:
    config = load(ENVIRONMENT)

    assert config.allowed_hosts == ("data.example", "www.data.example")
    assert config.trusted_origins == ("https://data.example",)
    assert config.secure
    assert not load({}).secure


def test_an_origin_without_a_scheme_is_refused() -> None:
    with pytest.raises(ConfigError, match="HUITONG_TRUSTED_ORIGINS"):
        load({"HUITONG_TRUSTED_ORIGINS": "data.example"})


@pytest.mark.parametrize("secure", [True, False])
def test_django_takes_them_over(tmp_path: Path, secure: bool) -> None:
    asked = (
        "from huitong import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "hasattr(s, 'SECURE_PROXY_SSL_HEADER'), 'data.example' in s.ALLOWED_HOSTS, "
        "'localhost' in s.ALLOWED_HOSTS, len(s.CSRF_TRUSTED_ORIGINS))"
    )
    plain = {name: text for name, text in os.environ.items() if name not in ENVIRONMENT}
    env = {**plain, "HUITONG_HOME": str(tmp_path), **(ENVIRONMENT if secure else {})}

    said = subprocess.run(
        [sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True
    )

    expected = "True True True True True 1" if secure else "False False False False True 0"
    assert said.stdout.strip() == expected
