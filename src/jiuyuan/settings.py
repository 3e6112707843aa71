"""Django's settings, all from one `Config`; nothing here depends on the machine."""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from jiuyuan import config
from jiuyuan.web.static_cache import kept_for_a_year

JIUYUAN = config.load()
config.keep_private(JIUYUAN.data)
PACKAGE = Path(__file__).parent
PRODUCTION = JIUYUAN.mode == "production"

SECRET_KEY = JIUYUAN.secret_key
DEBUG = False
ALLOWED_HOSTS = list(JIUYUAN.hosts)
CSRF_TRUSTED_ORIGINS = [JIUYUAN.base_url]
ROOT_URLCONF = "jiuyuan.urls"
WSGI_APPLICATION = "jiuyuan.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "agencies.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "jiuyuan.history",
    "jiuyuan.notifications",
    "jiuyuan.agencies",
    "jiuyuan.worker",
    "jiuyuan.procedures",
    "jiuyuan.people",
    "jiuyuan.applications",
    "jiuyuan.recognitions",
    "jiuyuan.assistance",
    "jiuyuan.money",
    "jiuyuan.oversight",
    "jiuyuan.operations",
    "jiuyuan.portal",
    "jiuyuan.desk",
    "jiuyuan.api",
]

MIDDLEWARE = [
    "jiuyuan.request_ids.RequestIdMiddleware",
    "jiuyuan.visitors.VisitorMiddleware",
    "jiuyuan.request_checks.RefusingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "jiuyuan.web.static_files.CompressedStaticMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jiuyuan.web.sessions.LoginRequiredMiddleware",
    "jiuyuan.web.first_password.FirstPasswordMiddleware",
    "jiuyuan.web.confirming.ConfirmingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "jiuyuan.web.given_out.SandboxMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "NAME": "django",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jiuyuan.web.context.page",
            ],
            "builtins": [
                "jiuyuan.templatetags.plain",
                "django.templatetags.i18n",
                "django.templatetags.static",
                *(["jiuyuan.speed.tags"] if JIUYUAN.speed else []),
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": dj_database_url.parse(JIUYUAN.database_url, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue for the lock instead of failing with "database is locked".
    DATABASES["default"] |= {
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000",
        }
    }
else:
    # Pages make small queries: parallel workers would cost more than they save. Prepared statements: parsing and
    # planning were half of the database's work for a page.
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        # Lock waits last as long as with SQLite, then fail with a message.
        "options": "-c max_parallel_workers_per_gather=0 -c jit=off -c lock_timeout=20s",
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
    if JIUYUAN.replica_url:
        # A dead replica must not delay pages, which are then made from the primary.
        _GIVEN_UP = {"connect_timeout": 2, "tcp_user_timeout": 5_000}
        DATABASES["replica"] = dj_database_url.parse(JIUYUAN.replica_url, conn_max_age=600, conn_health_checks=True)
        _OPTIONS = {**DATABASES["default"]["OPTIONS"], **DATABASES["replica"].get("OPTIONS", {}), **_GIVEN_UP}
        DATABASES["replica"]["OPTIONS"] = _OPTIONS
        DATABASE_ROUTERS = ["jiuyuan.replica.Router"]
        MIDDLEWARE.append("jiuyuan.replica.ReplicaMiddleware")

AUTHENTICATION_BACKENDS = ["jiuyuan.agencies.backends.WithAgency"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "jiuyuan.agencies.passwords.HardToGuess"}]
CSRF_FAILURE_VIEW = "jiuyuan.web.views.csrf_failure"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False

LANGUAGE_CODE = "zh-hans"
# Each folder in `locale` of the data folder adds a language (docs/add-a-sentence.md).
_OWN_LOCALES = JIUYUAN.data / "locale"
LANGUAGES = [
    ("zh-hans", "中文"),
    *((folder.name.lower().replace("_", "-"), folder.name) for folder in sorted(_OWN_LOCALES.glob("*/LC_MESSAGES/.."))),
]
LOCALE_PATHS = [PACKAGE / "locale", _OWN_LOCALES]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DATE_FORMAT = "Y年n月j日"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ADD_HEADERS_FUNCTION = kept_for_a_year
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "jiuyuan.web.static_files.HashedFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Per process: recent counts and drawn parts of forms, a few for every active office.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5_000}}}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [SELF],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"masked": {"()": "jiuyuan.masking.LogFilter"}},
    "formatters": {"json": {"()": "jiuyuan.operations.logs.JsonLines"}, "plain": {}},
    "handlers": {
        # Before the other handler, whose filter replaces the exception by text.
        "table": {"class": "jiuyuan.operations.logs.ErrorTable", "level": "ERROR"},
        "stderr": {
            "class": "logging.StreamHandler", "filters": ["masked"], "formatter": "json" if PRODUCTION else "plain",
        },
    },
    "root": {"handlers": ["table", "stderr"], "level": "WARNING"},
}  # fmt: skip
