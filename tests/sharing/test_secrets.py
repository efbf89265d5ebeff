"""Secrets of systems: random, kept as hashes, compared safely."""

import hashlib

import pytest

from huitong.sharing import secrets


def test_a_secret_is_known_by_its_hash_only() -> None:
    secret = secrets.new_secret()
    kept = secrets.hash_secret(secret)
    assert secret not in kept
    assert kept.startswith("scrypt$16384$8$1$")
    assert secrets.verify_secret(secret, kept)
    assert not secrets.verify_secret(secret + "x", kept)


def test_one_secret_is_never_hashed_the_same_twice() -> None:
    assert secrets.hash_secret("same") != secrets.hash_secret("same")


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "scrypt$16384$8$1$AA==",
        "plain$16384$8$1$AA==$AA==",
        "scrypt$x$8$1$AA==$AA==",
        "scrypt$1073741824$8$1$AA==$AA==",
        "scrypt$16384$8$1$AA==$",
        "scrypt$3$8$1$AA==$AA==",
        "scrypt$16384$8$1$*$AA==",
    ],
)
def test_a_damaged_hash_fits_nothing_and_costs_nothing(kept: str) -> None:
    assert not secrets.verify_secret("secret", kept)


def test_a_token_is_known_by_its_sha256() -> None:
    token = secrets.new_token()
    assert len(token) >= 43
    assert secrets.digest(token) == hashlib.sha256(token.encode()).hexdigest()
    assert secrets.digest(token.encode()) == secrets.digest(token)
