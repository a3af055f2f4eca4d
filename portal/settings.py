"""Settings: safe for production unless the environment says otherwise.

Every value that differs between machines comes from the environment; `.env.example`
lists the variables with their meaning, and a test holds that list against this file.
`PORTAL_MODE` chooses how strict the site is:

production  the default; refuses to start half-configured
local       what `bin/run` sets: plain http on this machine, demo content allowed
test        what the test runner sets
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

MODES = ("production", "local", "test")
PORTAL_MODE = env.str("PORTAL_MODE", default="production")
if PORTAL_MODE not in MODES:
    raise ImproperlyConfigured(
        f"PORTAL_MODE={PORTAL_MODE!r}: choose one of {', '.join(MODES)}."
    )
IS_PRODUCTION = PORTAL_MODE == "production"


def _required(name, *, otherwise):
    """Return the variable `name`; in production a missing one stops the start."""
    value = env.str(name, default="")
    if not value and IS_PRODUCTION:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment or in .env "
            "(see .env.example), then start again."
        )
    return value or otherwise


# Where this installation keeps what it writes: media, visit spools, collected static
# files and, on a machine started with bin/run, the embedded Postgres.
VAR_DIR = Path(env.str("PORTAL_VAR", default=str(BASE_DIR / "var")))

# --- Identity of the process ------------------------------------------------------
SECRET_KEY = _required("SECRET_KEY", otherwise="only-for-tests-and-commands-without-a-site")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
)
if IS_PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is not set. Name the site's hosts, for example "
        "ALLOWED_HOSTS=dongthanh.example.vn (see .env.example)."
    )
# Where mails and feeds, which are written without a request, say that the site is.
SITE_URL = env.str(
    "SITE_URL",
    default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
    if IS_PRODUCTION
    else "http://127.0.0.1:8000",
).rstrip("/")
# Hosts on which the page may call itself an official site of a state agency.
OFFICIAL_HOSTS = env.list("OFFICIAL_HOSTS", default=[])
# Demo content makes every page say so and keeps search engines away.
DEMO_ALLOWED = PORTAL_MODE in ("local", "test")

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "portal.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "articles.apps.ArticlesConfig",
    "procedures.apps.ProceduresConfig",
    "organisation.apps.OrganisationConfig",
    "disclosure.apps.DisclosureConfig",
    "visitors.apps.VisitorsConfig",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "portal.static_files.PortalStaticFilesConfig",
    "axes",
    "ckeditor",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "portal.content_version.OneVersionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.CompressionMiddleware",
    "portal.middleware.ResponseHeadersMiddleware",
    "portal.middleware.HostileRequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.uploads.BodySizeMiddleware",
    "portal.read_only.ReadOnlyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------
DATABASE_URL = _required("DATABASE_URL", otherwise="postgres://portal@127.0.0.1/portal")
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
# A socket folder stands percent-encoded in the URL, as libpq's own tools read it;
# django-environ would write it in small letters.
_host = urlsplit(DATABASE_URL).netloc.rpartition("@")[2].partition(":")[0]
if _host.upper().startswith("%2F"):
    DATABASES["default"]["HOST"] = unquote(_host)
DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)  # seconds

# --- Language and time --------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
# Django's Vietnamese knows the separator ("293.386") but not where it stands.
NUMBER_GROUPING = 3

# --- Files ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Documents for download; no web server hands them out by address (portal/attachments.py).
ATTACHMENT_ROOT = VAR_DIR / "attachments"
ATTACHMENT_ZIP_ALLOWED = env.bool("ATTACHMENT_ZIP_ALLOWED", default=False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if PORTAL_MODE == "test" or DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20  # bytes; a long article pasted from Word is < 1 MB

# --- Visits -----------------------------------------------------------------------------
VISIT_SPOOL_DIR = VAR_DIR / "visits"

# --- Behind a proxy ------------------------------------------------------------------------
# Only these peers may name the reader's address in X-Forwarded-For.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
HTTPS = env.bool("HTTPS", default=IS_PRODUCTION)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Security ----------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
# A load balancer and the systemd unit ask for /healthz by plain http on loopback.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# Nothing from elsewhere, nothing inline. The admin stands on it (portal/admin_site.py).
STRICT_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}

# --- Measurement of state sites (EMC), off by default ------------------------------------------
# Public pages carry the script only when both are set; see portal/measurement.py.
EMC_SCRIPT_URL = env.str("EMC_SCRIPT_URL", default="")
EMC_SITE_CODE = env.str("EMC_SITE_CODE", default="")
# The attribute of the script's tag in which its provider expects the code.
EMC_CODE_ATTRIBUTE = env.str("EMC_CODE_ATTRIBUTE", default="data-site-code")
_emc = re.match(r"https://[a-z0-9.-]+(:\d{1,5})?(?=/)", EMC_SCRIPT_URL)
EMC_ORIGIN = _emc[0] if _emc and EMC_SITE_CODE else ""

# The policy of every public page: the strict one, and the one origin that measures.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": STRICT_POLICY
    | (
        {
            "script-src": [SELF, EMC_ORIGIN],
            "connect-src": [SELF, EMC_ORIGIN],
            "img-src": [SELF, "data:", EMC_ORIGIN],
        }
        if EMC_ORIGIN
        else {}
    )
}

# --- Sign-in --------------------------------------------------------------------------------
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "portal.sign_in.AddressLimitBackend",
    "django.contrib.auth.backends.ModelBackend",
]
if PORTAL_MODE == "test":
    # Accounts of tests live for a second; a slow hash would only make the tests slow.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 8 * 3600  # seconds: one working day
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Tries during a lock do not lengthen it: the page says when it ends.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "portal.sign_in.address"
AXES_LOCKOUT_CALLABLE = "portal.sign_in.locked_out"

# --- Background work and mail ----------------------------------------------------------------
TASKS = {
    "default": {
        "BACKEND": (
            "portal.jobs.ImmediateJobs"
            if PORTAL_MODE == "test"
            else "portal.jobs.DatabaseJobs"
        )
    }
}
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="khong-tra-loi@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10  # seconds

# --- Articles ------------------------------------------------------------------------------------
# How long a link to a text that is not public yet can be opened.
PREVIEW_DAYS = env.int("PREVIEW_DAYS", default=3)

# --- Editor ------------------------------------------------------------------------------------
# django-ckeditor warns that CKEditor 4 is out of support; docs/decisions/ says why it is kept
# and how it is contained.
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]

# --- Logs ------------------------------------------------------------------------------------
# One line an event, no reader's address or agent in any of them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # axes writes addresses and agents into its lines; its tables have them for 90 days.
        "axes": {"level": "CRITICAL"},
        "portal": {"level": "INFO"},
        "visitors": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A line for every address that a robot guesses would bury what matters.
        "django.request": {"level": "ERROR"},
    },
}
