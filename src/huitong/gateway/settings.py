"""What the gateway's processes need to know, from the caller or from the environment."""

import hashlib
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from huitong.errors import HuitongError

PREFIX = "HUITONG_GATEWAY_"


class GatewaySettingsError(HuitongError):
    """A setting of the gateway is missing or cannot be used."""

    code = "gateway_settings"


@dataclass(frozen=True)
class GatewaySettings:
    """Each member may come from the environment as `HUITONG_GATEWAY_<NAME>`.

    `gateway_dsn`, `grants_dsn`, `shipper_dsn` are libpq URLs of the three roles. `key_file` holds
    the secret of the HMACs over keys (made, 0600, when absent). `node` tells several machines'
    segments apart. `rate` is calls a second a grant and worker (0: no limit), `burst` how many at
    once. `spool_max_bytes` bounds what one worker keeps unshipped (0: the disk alone). `sync` waits
    for the disk at every note: what was answered then survives a power cut too, at about half the
    rate; without it a use noted in the last seconds may be lost with the power (not when a process
    is killed). `connections` are for look-ups by one key: few, because calls that wait are answered
    together; `bulk_connections` are for pages, lists of keys and tokens, so that these never keep a
    look-up waiting.
    """

    gateway_dsn: str
    grants_dsn: str
    shipper_dsn: str
    spool_dir: Path
    key_file: Path
    host: str = "127.0.0.1"
    port: int = 8700
    workers: int = 1
    connections: int = 3
    bulk_connections: int = 2
    node: str = ""
    rate: float = 0.0
    burst: int = 100
    token_seconds: int = 3600
    batch_limit: int = 1000
    page_limit: int = 1000
    body_limit: int = 1_000_000
    segment_bytes: int = 16 * 1024 * 1024
    spool_max_bytes: int = 0
    sync: bool = False

    def environment(self) -> dict[str, str]:
        """Return the variables from which `from_environment` makes the same settings."""
        found = {}
        for field in fields(self):
            value = getattr(self, field.name)
            text = ("1" if value else "0") if isinstance(value, bool) else str(value)
            found[PREFIX + field.name.upper()] = text
        return found

    @property
    def node_name(self) -> str:
        """Return the node part of segment names: eight letters and digits."""
        if self.node:
            return self.node
        return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def from_environment(environ: Mapping[str, str] | None = None) -> GatewaySettings:
    """Read the settings.

    Raises: GatewaySettingsError, naming the variable.
    """
    env = os.environ if environ is None else environ
    found: dict[str, object] = {}
    for field in fields(GatewaySettings):
        name = PREFIX + field.name.upper()
        text = env.get(name)
        if text is None:
            continue
        found[field.name] = _value(name, text, field.type)
    for name in ("gateway_dsn", "grants_dsn", "shipper_dsn", "spool_dir", "key_file"):
        if not found.get(name):
            raise GatewaySettingsError(
                f"{PREFIX}{name.upper()} is not set: start the gateway with `huitong gateway`, or "
                "set it.",
                zh=f"未设置 {PREFIX}{name.upper()}：请用 `huitong gateway` 启动，或设置该变量。",
            )
    return GatewaySettings(**found)  # type: ignore[arg-type]


def _value(name: str, text: str, kind: object) -> object:
    try:
        if kind is bool:
            return {"1": True, "0": False}[text]
        if kind is int:
            return int(text)
        if kind is float:
            return float(text)
    except (KeyError, ValueError):
        raise GatewaySettingsError(
            f"{name} is {text!r}, which cannot be used: give a number (or 0 and 1 for a switch).",
            zh=f"{name} 的值 {text!r} 无法使用：请填写数字（开关填 0 或 1）。",
        ) from None
    return Path(text) if kind is Path else text


def hmac_key(path: Path) -> bytes:
    """Return the secret under which keys are noted; make it (0600) when there is none.

    It is never changed: the same key must give the same HMAC for as long as uses are kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.new")
    if not path.exists():
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)  # unlike a rename this never replaces another worker's secret
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    key = path.read_bytes()
    if len(key) < 32:
        raise GatewaySettingsError(
            f"{path} holds {len(key)} bytes, not 32: restore it from the backup.",
            zh=f"{path} 只有 {len(key)} 字节，应为 32 字节：请从备份恢复。",
        )
    return key
