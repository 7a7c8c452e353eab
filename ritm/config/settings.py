"""Settings: read from the environment, safe by default. Anything an office may tune is a row, not a line here."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from ritm.config import postgres, servers

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("RITM_HOME", ROOT / "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)


def _secret(name: str) -> str:
    """A secret of this installation: made once, readable by its owner only."""
    path = HOME / name
    if not path.exists():
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


DEBUG = os.environ.get("RITM_DEBUG") == "1"
SECRET_KEY = os.environ.get("RITM_SECRET_KEY") or _secret("secret_key")
ALLOWED_HOSTS = os.environ.get("RITM_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("RITM_ORIGINS", "").split(",") if origin]
HTTPS = os.environ.get("RITM_HTTPS") == "1"

INSTALLED_APPS = [
    # Ours come first: where Django translates the same word, the office's own translation wins.
    "ritm.shell",
    "ritm.journal",
    "ritm.staff",
    "ritm.clients",
    "ritm.trade",
    "ritm.conversations",
    "ritm.retention",
    "ritm.bridge",
    "ritm.desk",
    "ritm.demo",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "ritm.shell.middleware.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ritm.journal.middleware.one_transaction",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ritm.staff.middleware.viewer",
    "ritm.shell.middleware.refusals",
]

ROOT_URLCONF = "ritm.config.urls"
WSGI_APPLICATION = "ritm.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "ritm.shell.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "ritm.shell.templatetags.ritm",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL") or postgres.start(HOME)
    found = postgres.parse_url(url)
    role = servers.adopt(url)
    if role:
        # The URL's own role is a superuser: work under one that row-level security binds.
        found["OPTIONS"]["options"] = f"-c role={role}"
    # Each checkout has its own test database, so that two of them can run their suites side by side.
    mark = os.environ.get("RITM_TEST_NAME") or hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return {
        "ENGINE": "django.db.backends.postgresql",
        **found,
        "OPTIONS": found["OPTIONS"] | {"pool": {"min_size": 0, "max_size": 12, "timeout": 15, "max_idle": 120}},
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": f"test_ritm_{mark}", "TEMPLATE": servers.template_of(url)},
    }


DATABASES = {"default": _database()}
# Statements that every page asks are kept ready on each connection (journal/prepared.py); a pooler between Ritm and
# PostgreSQL that hands connections out by the transaction may not know them.
PREPARED = os.environ.get("RITM_PREPARED", "1") != "0"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "staff.Person"
LOGIN_URL = "staff:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "ritm.staff.sessions"
SESSION_COOKIE_NAME = "ritm_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ritm.shell.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 2
# How many of our own proxies stand before the server: so many right-hand entries of X-Forwarded-For are believed.
PROXIES = int(os.environ.get("RITM_PROXIES", "0"))
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
NODE_MODULES = ROOT / "node_modules"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "ritm.shell.vendor.VendorFinder",
]
LUCIDE_ICONS = NODE_MODULES / "lucide-static" / "icons"
# Tests serve static files straight from the source folders, without collecting them.
PLAIN_STATIC = os.environ.get("RITM_PLAIN_STATIC") == "1" or DEBUG
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = PLAIN_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "ritm.shell.storage.StaticFiles"
    },
}
MEDIA_ROOT = HOME / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The largest spreadsheet or CSV that may be uploaded, in bytes.
UPLOAD_MAX_BYTES = int(os.environ.get("RITM_UPLOAD_MAX_BYTES", 250 * 1024 * 1024))

EMAIL_BACKEND = os.environ.get("RITM_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = os.environ.get("RITM_SMTP_HOST", "localhost")
DEFAULT_FROM_EMAIL = os.environ.get("RITM_MAIL_FROM", "ritm@localhost")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"level": "ERROR"}, "psycopg.pool": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("RITM_LOG", "WARNING")},
}
