"""What every answer tells the browser, errors and redirects too; and what production adds to it."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import include, path

from members.limits import TooManyTries
from members.rights import public

# What is shown is the same on every database.
pytestmark = pytest.mark.once

CSP = {
    "default-src": "'none'",
    "script-src": "'self' 'nonce-…'",
    "style-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def raising(error: Exception):
    @public
    def view(request):
        raise error

    return view


@public
def page(request):
    return HttpResponse("page")


ERRORS = {
    400: BadRequest("odd"),
    403: PermissionDenied(),
    404: Http404(),
    429: TooManyTries("search", 42),
    500: ValueError("broken"),
    503: OperationalError("away"),
}
urlpatterns = [
    path("page/", page),
    *[path(f"error/{status}/", raising(error)) for status, error in ERRORS.items()],
    path("", include("cop_portal.urls")),
]
handler400 = "cop_portal.views.bad_request"
handler403 = "cop_portal.views.forbidden"
handler404 = "cop_portal.views.not_found"
handler500 = "cop_portal.views.server_error"


def told(response) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the policy, its nonce left out, and the other headers."""
    policy = re.sub(r"'nonce-[^']+'", "'nonce-…'", response.headers["Content-Security-Policy"])
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    return parts, {name: response.headers[name] for name in HEADERS}


@pytest.fixture
def browser(db):
    return Client(raise_request_exception=False)


def without_nonce(policy: dict[str, str]) -> dict[str, str]:
    return {**policy, "script-src": policy["script-src"].replace(" 'nonce-…'", "")}


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
@pytest.mark.parametrize("status", ERRORS)
def test_every_error_carries_the_policy(browser, status, headers):
    response = browser.get(f"/error/{status}/", headers=headers)
    policy, others = told(response)
    assert (response.status_code, without_nonce(policy), others) == (status, without_nonce(CSP), HEADERS)


@pytest.mark.parametrize(
    ("method", "url", "extra", "status"),
    [
        ("get", "/", {}, 200),
        ("get", "/accounts/login/", {}, 200),
        ("get", "/healthz", {}, 200),
        ("get", "/members/", {}, 302),
        ("get", "/members/", {"HTTP_HX_REQUEST": "true"}, 401),
        ("get", "/members", {}, 301),
        ("get", "/nowhere/", {}, 404),
        ("get", "/", {"HTTP_HOST": "evil.example"}, 400),
        ("post", "/", {"content_type": "text/plain"}, 400),
        ("post", "/accounts/login/", {"content_type": "multipart/form-data"}, 400),
        ("delete", "/healthz", {}, 200),
        ("put", "/", {"content_type": ""}, 405),
    ],
)
def test_every_answer_carries_the_policy(browser, method, url, extra, status):
    response = getattr(browser, method)(url, **extra)
    policy, others = told(response)
    assert (response.status_code, without_nonce(policy), others) == (status, without_nonce(CSP), HEADERS)


def test_a_form_without_token_is_refused_with_the_policy(db):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/")
    policy, others = told(response)
    assert (response.status_code, without_nonce(policy), others) == (403, without_nonce(CSP), HEADERS)


@pytest.mark.parametrize("url", ["/", "/accounts/login/", "/members/", "/admin/"])
def test_no_page_needs_what_the_policy_forbids(browser, admin, url):
    browser.force_login(admin)
    body = browser.get(url, follow=True).text
    nonces = set(re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")([^>]*)>", body))
    assert re.findall(r"\sstyle=|\son[a-z]+=|javascript:|<style", body) == []
    assert [attributes for attributes in nonces if "nonce=" not in attributes] == []


# --- Production ----------------------------------------------------------------------------


def in_production(*command: str) -> subprocess.CompletedProcess[str]:
    """Runs `python <command>` with the settings of an HTTPS server and an empty database."""
    environment = {
        "SITE_URL": "https://portal.example",
        "SECRET_KEY": "Wm8r-Yb3k!Qz5v#Tn2h@Lp9c$Xd4f%Gj6s&Ra7m*Ue1w^Bo0i+Ks",
        "DATABASE_URL": "sqlite:///:memory:",
        "VAR_DIR": str(settings.VAR_DIR),
        "DJANGO_SETTINGS_MODULE": "cop_portal.settings",
        "PATH": os.environ["PATH"],
    }
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, env=environment, cwd=settings.BASE_DIR, check=False
    )


def test_the_check_for_production_is_silent():
    done = in_production("manage.py", "check", "--deploy", "--fail-level", "DEBUG")
    assert (done.stdout, done.stderr) == ("System check identified no issues (0 silenced).\n", "")


ANSWERS_OVER_HTTPS = """
import django, json
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.MIGRATION_MODULES = dict.fromkeys(app.label for app in apps.get_app_configs())
call_command("migrate", run_syncdb=True, verbosity=0)
browser = Client(headers={"Host": "portal.example"}, raise_request_exception=False)
def answer(*args, **kwargs):
    response = browser.get(*args, **kwargs)
    cookies = {name: [bool(morsel["secure"]), morsel["path"], morsel["domain"], morsel["samesite"],
               bool(morsel["httponly"])] for name, morsel in response.cookies.items()}
    return {"status": response.status_code, "headers": dict(response.headers), "cookies": cookies}
print(json.dumps({
    "plain": answer("/accounts/login/?a=b"),
    "evil": answer("/accounts/login/", headers={"Host": "evil.example"}),
    "health": answer("/healthz"),
    "secure": answer("/accounts/login/", secure=True),
    "foreign": answer("/accounts/login/", secure=True, headers={"Host": "evil.example"}),
}))
"""


@pytest.fixture(scope="module")
def production():
    done = in_production("-c", ANSWERS_OVER_HTTPS)
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout)


def test_plain_http_is_sent_to_https_whatever_host_was_asked_for(production):
    for name in ("plain", "evil"):
        answer = production[name]
        assert (answer["status"], answer["headers"]["Location"].partition("?")[0]) == (
            301,
            "https://portal.example/accounts/login/",
        )
    assert production["health"]["status"] == 200


@pytest.mark.parametrize("name", ["plain", "evil", "health", "secure", "foreign"])
def test_every_answer_of_production_carries_the_policy(production, name):
    headers = production[name]["headers"]
    assert {header: headers.get(header) for header in HEADERS} == HEADERS
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_browsers_are_told_to_use_https_for_a_year(production):
    assert [production[name]["headers"]["Strict-Transport-Security"] for name in ("secure", "foreign")] == [
        "max-age=31536000; includeSubDomains; preload"
    ] * 2


def test_cookies_are_bound_to_the_host(production):
    assert production["foreign"]["status"] == 400
    assert production["secure"]["cookies"] == {"__Host-csrf": [True, "/", "", "Lax", True]}
