"""Settings from the environment, and the secrets that a home keeps for itself.

Nothing here imports Django or opens a connection. A home is one folder (`HUITONG_HOME`) with the
database, the warehouse, kept bytes, keys and secrets of one installation.
"""

import json
import os
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from huitong.errors import HuitongError

# owner: DDL · app: web, worker, CLI · gateway: executes functions only · grants: reads the grant
# snapshot · shipper: appends uses.
ROLES = ("owner", "app", "gateway", "grants", "shipper")


class ConfigError(HuitongError):
    """A setting cannot be used as it is."""

    code = "config"


@dataclass(frozen=True)
class Address:
    """Where a PostgreSQL role connects to."""

    host: str
    port: int
    database: str
    user: str
    password: str

    @property
    def url(self) -> str:
        """Return a libpq URL; it holds the password and must never be logged."""
        user, password = quote(self.user, safe=""), quote(self.password, safe="")
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{self.database}"


@dataclass(frozen=True)
class Config:
    """What one process needs to know before it does anything."""

    home: Path
    database_url: str | None
    web_port: int
    gateway_port: int
    upload_limit: int
    log_level: str
    debug: bool
    allowed_hosts: tuple[str, ...] = ()
    trusted_origins: tuple[str, ...] = ()
    secure: bool = False
    upload_hours: int = 24
    """For how long an upload is kept that no delivery needs any more."""

    @property
    def secrets_path(self) -> Path:
        """Return the file with this home's passwords (0600)."""
        return self.home / "secrets.json"

    @property
    def warehouse(self) -> Path:
        """Return the folder of the lake's files."""
        return self.home / "warehouse"

    @property
    def bytes_dir(self) -> Path:
        """Return the folder of deliveries kept as they came, by digest."""
        return self.home / "bytes"

    @property
    def papers_dir(self) -> Path:
        """Return the folder of the files of departments' books, by digest."""
        return self.home / "papers"

    @property
    def uploads_dir(self) -> Path:
        """Return the folder of uploads that are still being received."""
        return self.home / "uploads"

    @property
    def keys_dir(self) -> Path:
        """Return the folder of the ledger's keys."""
        return self.home / "keys"

    @property
    def spool_dir(self) -> Path:
        """Return the folder of the gateway's spool."""
        return self.home / "spool"

    @property
    def postgres_dir(self) -> Path:
        """Return the embedded database's own folder."""
        return self.home / "postgres"

    def secrets(self) -> dict[str, str]:
        """Return this home's secrets; empty when it has not been founded yet."""
        try:
            text = self.secrets_path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        found = json.loads(text)
        return {str(key): str(value) for key, value in found.items()}

    def database_name(self) -> str:
        """Return the database's name: `HUITONG_DATABASE`, else the URL's, else `huitong`."""
        override = os.environ.get("HUITONG_DATABASE")
        if override:
            return override
        if self.database_url:
            return unquote(urlsplit(self.database_url).path.lstrip("/")) or "huitong"
        return "huitong"

    def address(self, role: str) -> Address:
        """Return where the role (one of `ROLES`) connects to."""
        if role not in ROLES:
            raise ConfigError(f"There is no database role {role!r}: use one of {', '.join(ROLES)}.")
        host, port = self.server()
        password = self.secrets().get(f"database_{role}", "")
        return Address(host, port, self.database_name(), f"{role_prefix()}{role}", password)

    def server(self) -> tuple[str, int]:
        """Return host and port of the database server."""
        if self.database_url:
            parts = urlsplit(self.database_url)
            return parts.hostname or "127.0.0.1", parts.port or 5432
        try:
            port = int((self.postgres_dir / "port").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            port = 5432
        return "127.0.0.1", port


def role_prefix() -> str:
    """Return what role names begin with; another prefix lets two homes share one server."""
    return os.environ.get("HUITONG_ROLE_PREFIX", "huitong_")


def default_home() -> Path:
    """Return the folder used when `HUITONG_HOME` is not set.

    PostgreSQL refuses to run as root and then needs a folder that another user may reach, which
    root's own home is not.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/huitong")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "huitong"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings.

    Raises: ConfigError, naming the variable, when a value cannot be used.
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("HUITONG_HOME") or default_home()).expanduser()
    return Config(
        home=home.absolute(),
        database_url=_database_url(env),
        web_port=_number(env, "HUITONG_WEB_PORT", 8600),
        gateway_port=_number(env, "HUITONG_GATEWAY_PORT", 8700),
        upload_limit=_number(env, "HUITONG_UPLOAD_LIMIT", 2 * 1024**3),
        log_level=env.get("HUITONG_LOG_LEVEL", "INFO").upper(),
        debug=env.get("HUITONG_DEBUG", "") == "1",
        allowed_hosts=_listed(env, "HUITONG_ALLOWED_HOSTS"),
        trusted_origins=_origins(env),
        secure=env.get("HUITONG_SECURE", "") == "1",
        upload_hours=_number(env, "HUITONG_UPLOAD_HOURS", 24),
    )


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())


def _origins(env: Mapping[str, str]) -> tuple[str, ...]:
    origins = _listed(env, "HUITONG_TRUSTED_ORIGINS")
    wrong = [one for one in origins if not one.startswith(("http://", "https://"))]
    if wrong:
        raise ConfigError(
            f"HUITONG_TRUSTED_ORIGINS holds {wrong[0]!r}: begin each with https:// or http://.",
            zh=f"HUITONG_TRUSTED_ORIGINS 中 {wrong[0]!r} 有误：须以 https:// 或 http:// 开头。",
        )
    return origins


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if text is None or not text.strip():
        return default
    try:
        return int(text)
    except ValueError:
        raise ConfigError(
            f"{name} is {text!r}, which is not a whole number: set it to one or unset it.",
            zh=f"{name} 的值 {text!r} 不是整数：请改为整数或取消该设置。",
        ) from None


def _database_url(env: Mapping[str, str]) -> str | None:
    url = env.get("HUITONG_DATABASE_URL") or None
    if url and urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise ConfigError(
            "HUITONG_DATABASE_URL must begin with postgresql://; no other database is supported.",
            zh="HUITONG_DATABASE_URL 必须以 postgresql:// 开头，不支持其他数据库。",
        )
    return url


def found_secrets(config: Config) -> dict[str, str]:
    """Make the secrets that are missing, write them 0600, and return all of them."""
    config.home.mkdir(parents=True, exist_ok=True)
    kept = config.secrets()
    names = [f"database_{role}" for role in ROLES] + ["database_admin", "django"]
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: randomness.token_urlsafe(32) for name in missing}
        partial = config.secrets_path.with_suffix(".new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(config.secrets_path)
    return kept
