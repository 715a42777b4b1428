"""Settings of the tests: the real ones, with a fast password hasher and plain static files."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "VAR_DIR" not in os.environ:  # the processes of one run share the folder of the first
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 40
for name in ("DEBUG", "SITE_URL", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "CACHE_URL", "EMAIL_URL"):
    os.environ.pop(name, None)

from cop_portal.settings import *  # noqa: E402, F403
from cop_portal.settings import ALLOWED_HOSTS, DATABASES  # noqa: E402

ALLOWED_HOSTS += ["testserver", "localhost"]
DOOR_SECONDS = 0  # the tests of the doors wait, the others need not
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each process has its files to itself: one test's tick would sweep away what another's has just stored.
_files = Path(os.environ["VAR_DIR"]) / f"files-{os.environ.get('PYTEST_XDIST_WORKER', 'all')}"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": _files}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file: the threads of a test (and of the live server) have connections of their own,
    # with the journal, the locks and the waiting of a real one.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["VAR_DIR"]) / "tests.sqlite3")}
