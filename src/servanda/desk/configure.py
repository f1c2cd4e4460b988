"""Django's settings, out of a mission's folder. One process serves one mission."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from servanda.desk import openid
from servanda.desk.folder import Desk
from servanda.errors import Fault, ServandaError

_MINE: list[Desk] = []

APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "servanda.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servanda.desk.middleware.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "servanda.desk.middleware.Offices",
]

_CONNECTIONS = {"CONN_MAX_AGE": 60}
"""Seconds for which a thread that makes pages (``threads.py``) goes on with its connection to the database."""


def desk() -> Desk:
    """The mission that this process serves."""
    return _MINE[-1]


def configure(mine: Desk) -> None:
    """Set Django up for a mission; a second one in the same process takes the place of the first (tests).

    Args:
        mine: the mission's folder.

    Raises:
        ServandaError: the extra is not installed.
    """
    try:
        import django
        from django.conf import settings
    except ImportError:
        hint = "pip install 'servanda[desk]'"
        raise ServandaError(
            Fault("servanda desk", "needs packages that are not installed", hint, code="DSK006")
        ) from None
    _MINE[:] = [mine]
    if settings.configured:
        from django.db import connections

        connections.close_all()
        settings.SECRET_KEY, settings.ALLOWED_HOSTS = mine.secret, list(mine.hosts)
        settings.DATABASES = {"default": database(mine)}
        connections.settings = connections.configure_settings(settings.DATABASES)
        if hasattr(connections._connections, "default"):  # noqa: SLF001  another engine, perhaps
            del connections["default"]
        return
    settings.configure(**settings_of(mine))
    django.setup()


def settings_of(mine: Desk) -> dict[str, Any]:
    """All settings of Django, as a mapping."""
    from servanda.desk.languages import NAMES  # it needs Django

    return {
        "SECRET_KEY": mine.secret,
        "DEBUG": False,
        "ALLOWED_HOSTS": list(mine.hosts),
        "INSTALLED_APPS": [*APPS, *(openid.APPS if mine.openid else ())],
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "servanda.desk.urls",
        "DATABASES": {"default": database(mine)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "USE_I18N": True,
        "LANGUAGE_CODE": "en",
        "LANGUAGES": list(NAMES.items()),
        "TIME_ZONE": "UTC",
        "FILE_UPLOAD_TEMP_DIR": str(mine.folder),
        "FILE_UPLOAD_HANDLERS": [
            "django.core.files.uploadhandler.MemoryFileUploadHandler",
            "servanda.desk.uploads.Nameless",
        ],
        "STATIC_URL": "/static/",
        "TEMPLATES": _templates(),
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "desk_cache",
                "OPTIONS": {"MAX_ENTRIES": 100_000},  # of 300 a stranger's guesses at other logins push out who waits
            }
        },
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        **_sessions(),
        **_accounts(),
        **(mine.openid.settings() if mine.openid else {}),
        **_limits(),
    }


def _templates() -> list[dict[str, Any]]:
    context = ["django.template.context_processors.request", "django.contrib.messages.context_processors.messages"]
    return [
        {
            "BACKEND": "django.template.backends.jinja2.Jinja2",
            "DIRS": [],
            "APP_DIRS": False,
            "OPTIONS": {"environment": "servanda.desk.wording.environment"},
        },
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    *context,
                    "django.contrib.auth.context_processors.auth",
                    "servanda.desk.languages.of_account_pages",
                ],
            },
        },
    ]


def _sessions() -> dict[str, Any]:
    return {
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": 12 * 3600,
        "SESSION_COOKIE_NAME": "desk",
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_USE_SESSIONS": True,
        "CSRF_FAILURE_VIEW": "servanda.desk.views.shared.no_csrf",
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "X_FRAME_OPTIONS": "DENY",
    }


def _accounts() -> dict[str, Any]:
    hashers = "django.contrib.auth.hashers."
    return {
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "PASSWORD_HASHERS": [hashers + "ScryptPasswordHasher", hashers + "PBKDF2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 12},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        ],
        "LOGIN_REDIRECT_URL": "/",
        "LOGIN_URL": "/account/login/",
        "ACCOUNT_ADAPTER": "servanda.desk.accounts.Adapter",
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "/account/login/",
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_RATE_LIMITS": {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip", "reauthenticate": "10/m/user"},
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes", "webauthn"],
        "MFA_PASSKEY_LOGIN_ENABLED": False,
    }


def _limits() -> dict[str, Any]:
    return {
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2_000_000,
        "FILE_UPLOAD_MAX_MEMORY_SIZE": 2_000_000,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 500,
        "DATA_UPLOAD_MAX_NUMBER_FILES": 20,
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"err": {"class": "logging.StreamHandler"}},
            "loggers": {
                "django": {"handlers": ["err"], "level": "ERROR"},
                "django.security.DisallowedHost": {
                    "handlers": [],
                    "propagate": False,
                },  # a stranger's doing, and refused
            },
        },
    }


def database(mine: Desk) -> dict[str, Any]:
    """The database as Django takes it."""
    if mine.is_sqlite:
        pragmas = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
        )
        options = {"transaction_mode": "IMMEDIATE", "init_command": pragmas, "timeout": 20}
        name = f"file:{quote(mine.database)}?mode=rw"  # one that is gone is not begun anew by whoever asks
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options, **_CONNECTIONS}
    parts = urlsplit(mine.database)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options | {"options": f"-c jit=off {options.get('options', '')}".strip()},
        **_CONNECTIONS,
        "CONN_HEALTH_CHECKS": True,
    }
