"""What happens around every request."""

from io import BytesIO

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import path

from cop_portal.wsgi import application, readable_type
from members.models import Member
from members.rights import public


@public
def away(request):
    raise OperationalError


urlpatterns = [path("away/", away)]
handler500 = "cop_portal.views.server_error"


def vary(response) -> set[str]:
    return {name.strip().lower() for name in response.headers["Vary"].split(",")}


@pytest.mark.parametrize("url", ["/members/", "/members/me/", "/accounts/password/change/"])
def test_pages_of_signed_in_people_stay_out_of_every_cache(lead, sign_in, url):
    kept = {part.strip() for part in sign_in(lead).get(url).headers["Cache-Control"].split(",")}
    assert kept >= {"private", "no-store"}


def test_pages_and_fragments_are_told_apart(lead, sign_in):
    assert vary(sign_in(lead).get("/members/")) >= {
        "cookie",
        "hx-request",
        "hx-boosted",
        "hx-history-restore-request",
    }


@pytest.mark.urls(__name__)
def test_an_error_is_kept_in_no_cache(db):
    response = Client(raise_request_exception=False).get("/away/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "no-store" in response.headers["Cache-Control"]


def test_each_answer_has_an_id_of_its_own(client, db):
    ids = [client.get(url).headers["X-Request-Id"] for url in ("/healthz", "/healthz", "/nowhere/")]
    assert [len(each) for each in ids] == [12, 12, 12]
    assert len(set(ids)) == 3


# --- Who is not signed in --------------------------------------------------------------------


def test_visitors_are_sent_to_sign_in_and_back(client, db):
    response = client.get("/members/?role=manager")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/accounts/login/?next=/members/%3Frole%3Dmanager",
    )


def test_htmx_is_told_where_to_sign_in(client, db):
    response = client.get("/members/?role=manager", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"], response.content) == (
        401,
        "/accounts/login/?next=/members/%3Frole%3Dmanager",
        b"",
    )


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://testserver/members/me/?tab=2", "/members/me/%3Ftab%3D2"),
        ("https://evil.example/members/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_after_a_form_one_comes_back_to_the_page_it_stands_on(client, db, current, back):
    response = client.post("/members/", headers={"HX-Request": "true", "HX-Current-URL": current})
    assert (response.status_code, response.headers["HX-Redirect"]) == (401, f"/accounts/login/?next={back}")


# --- What no browser of ours sends -------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=idna",
        "application/x-www-form-urlencoded; charset=base64",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
        "text/plain",
        "application/json",
        "application/xml",
        "multipart/mixed; boundary=x",
        "nonsense",
    ],
)
@pytest.mark.parametrize("url", ["/accounts/login/", "/nowhere/", "/healthz"])
def test_bodies_that_no_form_of_ours_sends_are_refused(client, db, content_type, url):
    assert client.generic("POST", url, b"a=b", content_type=content_type).status_code == 400


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "application/x-www-form-urlencoded; charset=utf-7"]
)
def test_what_is_refused_is_not_written(lead, sign_in, content_type):
    client = sign_in(lead)
    before = list(Member.objects.values())
    assert client.generic("POST", "/members/me/", b"name=Changed", content_type=content_type).status_code == 400
    assert list(Member.objects.values()) == before


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
def test_utf_8_is_taken_however_it_is_written(client, db, charset):
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.post("/healthz", b"a=b", content_type=content_type).status_code == 200


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1"])
def test_reading_with_an_odd_charset_is_refused_too(client, db, charset):
    assert client.get("/search/?q=a", headers={"Content-Type": f"text/html; charset={charset}"}).status_code == 400


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("", ""),
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded"),
        ("application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded"),
        ('multipart/form-data; charset="utf-8"; boundary=abc', "multipart/form-data; boundary=abc"),
        ("multipart/form-data; boundary=----WebKit7M", "multipart/form-data; boundary=----WebKit7M"),
        ("text/html; charset=base64", "application/octet-stream"),
        ("text/html; charset=utf-8x", "application/octet-stream"),
        ("text/html; CHARSET = undefined", "application/octet-stream"),
        ("text/html; charset*=foo''%41", "application/octet-stream"),
        ("multipart/form-data; boundary*=foo''%41", "application/octet-stream"),
        ("a;" + "x" * 20_000, "application/octet-stream"),
    ],
)
def test_django_is_told_only_of_content_types_it_can_read(sent, told):
    assert readable_type(sent) == told


def ask(method: str, content_type: str, query: str = "") -> str:
    """Returns the status line of the whole application, as a server sees it."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/healthz",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "0",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    answered: list[str] = []
    application(environ, lambda line, headers: answered.append(line)).close()
    return answered[0]


@pytest.mark.django_db(transaction=True)
def test_a_content_type_that_django_cannot_read_is_answered():
    assert ask("GET", "text/html; charset=base64") == "200 OK"
    assert ask("GET", "text/html; charset*=foo''%41") == "200 OK"
    assert ask("GET", "text/html; charset=utf-8", "a&" * 2_000) == "200 OK"


@pytest.mark.django_db(transaction=True)
def test_a_body_that_django_cannot_read_is_refused():
    assert ask("POST", "application/x-www-form-urlencoded; charset=base64") == "400 Bad Request"


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "http://%5B", "//[x]:y/"])
def test_an_address_that_htmx_sends_cannot_break_a_page(lead, sign_in, address):
    headers = {"HX-Request": "true", "HX-Current-URL": address, "HX-Current-URL-URI-AutoEncoded": "true"}
    response = sign_in(lead).get("/members/", headers=headers)
    assert (response.status_code, response.wsgi_request.htmx.current_url_abs_path) == (200, None)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "[::", ""])
def test_another_host_is_refused(client, db, host):
    response = client.get("/", headers={"Host": host})
    assert (response.status_code, response.templates[0].name) == (400, "errors/400.html")


def test_a_forwarded_host_counts_for_nothing(client, db):
    response = client.get("/members/", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in response.headers["Location"]


def test_forms_from_elsewhere_are_refused_and_write_nothing(lead):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead)
    before = list(Member.objects.values())
    without_token = client.post("/members/me/", {"name": "Changed"})
    from_elsewhere = client.post(
        "/members/me/", {"name": "Changed"}, headers={"Origin": "https://evil.example", "Host": "testserver"}
    )
    assert (without_token.status_code, from_elsewhere.status_code) == (403, 403)
    assert list(Member.objects.values()) == before
