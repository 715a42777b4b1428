"""Settings of the tests: the real ones, with a fast password hasher and plain static files."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="portal-tests-"))
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 40
os.environ.pop("DEBUG", None)

from cop_portal.settings import *  # noqa: F403
from cop_portal.settings import ALLOWED_HOSTS, STORAGES

ALLOWED_HOSTS += ["testserver", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
