"""All settings, read from the environment; docs/operations.md explains each variable.

Secure by default: DEBUG is off unless asked for, and without DEBUG a secret key is demanded.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.contrib.messages import constants as messages
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.buckets import options_of, origin_of
from members.openid.environment import origins_of, providers_from

env = environ.FileAwareEnv()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

# --- What this server is -------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "only-for-development-" + "x" * 40 if DEBUG else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname or _site.path:
    raise ImproperlyConfigured("SITE_URL must look like https://portal.example, without a path.")
HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[_site.hostname, *(["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
# How many proxies of ours stand in front: only then does X-Forwarded-For count, from the right.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
RATE_LIMITS = env.bool("RATE_LIMITS", True)  # off only where a browser test sends more than a person would

# --- Parts ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "cop_portal",
    "members",
    "library",
    "sessions.apps.SessionsConfig",
    "feedback",
    "practice",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_tasks_db",
    "simple_history",
    "cop_portal.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "cop_portal.middleware.request_id",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "cop_portal.middleware.browser_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cop_portal.middleware.plain_input",
    "library.uploads.refuse_floods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "members.account_middleware.session_age",
    "django_htmx.middleware.HtmxMiddleware",
    "cop_portal.middleware.SignInRequired",
    "cop_portal.middleware.CountedForms",
    "cop_portal.middleware.UnfitValues",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.account_middleware.even_answers",
    "members.account_middleware.UnprocessableForms",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "cop_portal.middleware.private_pages",
    "members.middleware.local_settings",
]

ROOT_URLCONF = "cop_portal.urls"
WSGI_APPLICATION = "cop_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["cop_portal.templatetags.portal", "django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cop_portal.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "cop_portal.lib.forms.PortalRenderer"

# --- Database ------------------------------------------------------------------------------
VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue for the lock instead of failing; FULL keeps the last answer over a power cut;
    # secure_delete overwrites what is deleted (feedback is anonymous).
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        " PRAGMA foreign_keys=ON; PRAGMA cache_size=-8000;",
    }
else:
    _database["CONN_MAX_AGE"] = 0
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": env.int("DB_POOL", 8), "timeout": 5},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", "locmemcache://")}

# --- Members and signing in ----------------------------------------------------------------
AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["members.backends.MemberBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "members.account_forms.JoinForm"
ACCOUNT_FORMS = {
    "add_email": "members.sign_in_forms.ChangeAddressForm",
    "change_password": "members.sign_in_forms.ChangePasswordForm",
    "confirm_email_verification_code": "members.sign_in_forms.ConfirmAddressForm",
    "confirm_login_code": "members.sign_in_forms.ConfirmSignInForm",
    "confirm_password_reset_code": "members.sign_in_forms.ConfirmResetForm",
    "login": "members.sign_in_forms.SignInForm",
    "reauthenticate": "members.sign_in_forms.ReauthenticateForm",
    "request_login_code": "members.sign_in_forms.RequestCodeForm",
    "reset_password": "members.sign_in_forms.ForgottenPasswordForm",
    "reset_password_from_key": "members.sign_in_forms.NewPasswordForm",
    "set_password": "members.sign_in_forms.FirstPasswordForm",
    "signup": "members.sign_in_forms.SignUpForm",
}
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# A code may wait two minutes in the ledger and some more at the mail provider.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
DOOR_SECONDS = 0.1  # forms that mail a code answer no sooner, whoever has the address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
# Our own limiter counts (members.limits): allauth's counts live in the cache and lose concurrent ones.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
MFA_ADAPTER = "members.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "members.passkey_forms.ActivateAppForm",
    "add_webauthn": "members.passkey_forms.AddPasskeyForm",
    "authenticate": "members.passkey_forms.SecondFactorForm",
    "authenticate_webauthn": "members.passkey_forms.SecondFactorPasskeyForm",
    "edit_webauthn": "members.passkey_forms.RenamePasskeyForm",
    "login_webauthn": "members.passkey_forms.PasskeySignInForm",
    "reauthenticate": "members.passkey_forms.ConfirmByCodeForm",
    "reauthenticate_webauthn": "members.passkey_forms.ConfirmByPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ADAPTER = "members.adapters.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "members.social_forms.SocialSignUpForm"}
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False  # name and role are asked of everyone who joins
IDENTITY_PROVIDERS = providers_from(env, env.list("OIDC_PROVIDERS", default=[]))
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "members.openid.provider.PortalOpenIDProvider", "APPS": IDENTITY_PROVIDERS}
}

# --- Feedback ------------------------------------------------------------------------------
# From how many answers on a question is shown; a poll keeps the number it opened with.
FEEDBACK_SHOWN_FROM = env.int("FEEDBACK_SHOWN_FROM", 5)
if FEEDBACK_SHOWN_FROM < 3:  # noqa: PLR2004 -- one of two knows what the other said
    raise ImproperlyConfigured("FEEDBACK_SHOWN_FROM must be 3 or more.")

# --- Browser policy ------------------------------------------------------------------------
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF, *origins_of(IDENTITY_PROVIDERS), *env.list("IDENTITY_PROVIDER_ORIGINS", default=[])],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = _site.netloc  # whatever Host was asked for
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cop_portal.views.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
MESSAGE_TAGS = {messages.ERROR: "danger", messages.WARNING: "warning"}

# --- Mail ----------------------------------------------------------------------------------
_mail = env.email_url("EMAIL_URL", "consolemail://" if DEBUG else "smtp://localhost:25")
MAILERS = {
    "default": {
        "BACKEND": _mail["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": _mail["EMAIL_HOST"],
            "port": _mail["EMAIL_PORT"] or 25,
            "username": _mail["EMAIL_HOST_USER"],
            "password": _mail["EMAIL_HOST_PASSWORD"],
            "use_tls": _mail.get("EMAIL_USE_TLS", False),
            "use_ssl": _mail.get("EMAIL_USE_SSL", False),
            "timeout": 10,
        }
        if "smtp" in _mail["EMAIL_BACKEND"]
        else {},
    }
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", f"Leadership Commons <portal@{_site.hostname}>")

# --- Work in the background ----------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Whether the worker may look at pages out there: for titles of links, and whether they still answer.
LINK_CHECKS = env.bool("LINK_CHECKS", False)

# --- Words and dates -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
FORMAT_MODULE_PATH = ["cop_portal.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ---------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "cop_portal.storage.ModuleManifestStorage",
    },
}
if S3_BUCKET := env.str("S3_BUCKET", ""):
    _place = {"endpoint": env.str("S3_ENDPOINT", ""), "region": env.str("S3_REGION", "us-east-1")}
    _keys = {"key": env.str("S3_ACCESS_KEY", ""), "secret": env.str("S3_SECRET_KEY", "")}
    STORAGES["default"] = {
        "BACKEND": "cop_portal.lib.s3.SignedS3Storage",
        "OPTIONS": options_of(S3_BUCKET, **_place, **_keys, prefix=env.str("S3_PREFIX", "")),
    }
    SECURE_CSP["img-src"] += [origin_of(S3_BUCKET, **_place)]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", 25)
FILE_UPLOAD_HANDLERS = [
    "library.uploads.MeasuredUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Logs: one line an event, with the request's id ------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "cop_portal.logs.RequestIdFilter"}},
    "formatters": {
        "line": {"()": "cop_portal.logs.LineFormatter"},
        "json": {"()": "cop_portal.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "json" if env.str("LOG_FORMAT", "line") == "json" else "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
