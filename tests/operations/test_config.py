"""Settings come from the environment; what cannot be used is named."""

from pathlib import Path

import pytest

from huitong import config
from huitong.config import ConfigError


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="HUITONG_WEB_PORT is 'many'"):
        config.load({"HUITONG_WEB_PORT": "many"})


def test_only_postgresql_is_taken() -> None:
    with pytest.raises(ConfigError, match="HUITONG_DATABASE_URL"):
        config.load({"HUITONG_DATABASE_URL": "mysql://there/x"})


def test_a_password_with_signs_survives_the_url() -> None:
    address = config.Address("127.0.0.1", 5432, "huitong", "huitong_app", "a/b@c:d")

    assert address.url == "postgresql://huitong_app:a%2Fb%40c%3Ad@127.0.0.1:5432/huitong"


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="owner"):
        config.load({"HUITONG_HOME": str(tmp_path)}).address("root")
