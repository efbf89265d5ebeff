"""Django's settings, all derived from `huitong.config`."""

import logging
import secrets as randomness
from typing import Any

import structlog

from huitong import config as huitong_config

CONFIG = huitong_config.load()
_SECRETS = CONFIG.secrets()

# Without a founded home (makemigrations, type checks) a key of this process alone is enough.
SECRET_KEY = _SECRETS.get("django") or randomness.token_urlsafe(32)
DEBUG = CONFIG.debug
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver", *CONFIG.allowed_hosts]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "django_htmx",
    "procrastinate.contrib.django",
    "huitong.ledger",
    "huitong.organisations",
    "huitong.cases",
    "huitong.catalogue",
    "huitong.pool",
    "huitong.sharing",
    "huitong.opening",
    "huitong.supervision",
    "huitong.web",
    "huitong.operations",
]
MIDDLEWARE = [
    "huitong.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huitong.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "huitong.web.uploads.UploadDoor",
    "django.middleware.csrf.CsrfViewMiddleware",
    "huitong.web.texts.OnlyText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "huitong.web.urls"
WSGI_APPLICATION = "huitong.web.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "huitong.web.context.page",
            ],
        },
    },
]


def _database(role: str) -> dict[str, Any]:
    address = CONFIG.address(role)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": address.host,
        "PORT": str(address.port),
        "NAME": address.database,
        "USER": address.user,
        "PASSWORD": address.password,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"huitong-{role}",
            # Plans are made once a connection, not once a request: a third of a page's time.
            "server_side_binding": True,
            "prepare_threshold": 2,
        },
    }


# `owner` is the same database under the role that may change tables: migrations only.
DATABASES = {"default": _database("app"), "owner": _database("owner")}
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisations.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "web/locked.html"
AXES_VERBOSE = False

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "todo"
LOGOUT_REDIRECT_URL = "portal"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = list(CONFIG.trusted_origins)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.secure
if CONFIG.secure:
    # Only behind a proxy that always sets the header itself; else a caller could claim HTTPS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "huitong.web.views.problems.csrf_failed"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
# Static files are served from the package itself: nothing is collected, nothing goes stale.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024**2
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024**2
FILE_UPLOAD_HANDLERS = [
    "huitong.web.uploads.Gate",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Beside the bytes that are kept: taking a file in is a renaming, and a full /tmp stops nobody.
FILE_UPLOAD_TEMP_DIR = str(CONFIG.uploads_dir)
# The gate makes that folder when the first file comes: on a new machine it is rightly missing.
SILENCED_SYSTEM_CHECKS = ["files.E001"]
# A draft of 2,000 items, nine fields a line, and the words of the entry.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LOGGING_CONFIG = None
logging.basicConfig(format="%(message)s", level=CONFIG.log_level)
# Third parties say too much at INFO, and what they say may hold values of rows.
for _name in ("pyiceberg", "httpx", "procrastinate", "asyncio", "axes"):
    logging.getLogger(_name).setLevel(logging.WARNING)
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(
        logging.getLevelNamesMapping().get(CONFIG.log_level, logging.INFO)
    ),
    logger_factory=structlog.PrintLoggerFactory(file=__import__("sys").stderr),
)
