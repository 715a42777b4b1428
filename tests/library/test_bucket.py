"""Files in an S3 bucket: against a real server on this machine."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import boto3
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from moto.server import ThreadedMotoServer

from cop_portal.lib.buckets import options_of, origin_of
from library.models import Attachment, Material
from library.sweeping import sweep_files
from library.texts import read_waiting
from tests.factories import stored_file
from tests.library import documents

FORM = {"shown_as": "owner", "audience": "members", "save": "publish"}
KEYS = {"key": "walrus", "secret": "ice"}


@pytest.fixture(scope="module")
def server():
    """The address of an S3 that knows the bucket "portal"."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    session = boto3.session.Session("walrus", "ice", region_name="eu-central-1")
    place = {"LocationConstraint": "eu-central-1"}
    client = session.client("s3", endpoint_url=address)
    client.create_bucket(Bucket="portal", CreateBucketConfiguration=place)
    client.close()
    yield address
    server.stop()


@pytest.fixture
def bucket(server, settings, request):
    """The storage of the portal, in a part of the bucket that no other test uses."""
    prefix = f"part/{request.node.name}"
    options = options_of("portal", endpoint=server, region="eu-central-1", prefix=prefix, **KEYS)
    default = {"BACKEND": "cop_portal.lib.s3.SignedS3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    yield server
    default_storage.connection.meta.client.close()


def fetched(address):
    with urlopen(address) as answer:  # noqa: S310 -- the server of this test
        return answer.read(), answer.headers


@pytest.mark.django_db
def test_who_may_read_is_sent_on_for_a_minute(client, bucket):
    content = documents.pdf("About narwhals")
    client.post("/library/new/file/", {**FORM, "title": "Handout", "file": SimpleUploadedFile("naïve.pdf", content)})
    page = Material.objects.get().get_absolute_url()
    response = client.get(f"{page}file/")
    assert (response.status_code, response.headers["Cache-Control"]) == (302, "private, no-store")
    address = response.headers["Location"]
    query = parse_qs(urlsplit(address).query)
    assert (address.startswith(f"{bucket}/portal/part/"), query["X-Amz-Expires"]) == (True, ["60"])
    body, headers = fetched(address)
    assert (body, headers["Content-Type"]) == (content, "application/pdf")
    assert headers["Content-Disposition"] == "inline; filename*=utf-8''na%C3%AFve.pdf"
    _body, headers = fetched(client.get(f"{page}file/?download=1").headers["Location"])
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''na%C3%AFve.pdf"
    read_waiting()
    assert Attachment.objects.get().text == "About narwhals"


@pytest.mark.django_db
def test_the_right_comes_first(other, lead, bucket, guest, sign_in):
    private = stored_file(owner=lead, audience="private").material
    url = f"{private.get_absolute_url()}file/"
    assert [one.get(url).status_code for one in (other, sign_in(guest))] == [404, 404]


@pytest.mark.django_db
def test_nobody_reads_the_bucket_without_a_signature(bucket):
    attachment = stored_file()
    address = default_storage.signed_address(attachment.file.name, shown_name="a.md", media_type="x/y", inline=False)
    with pytest.raises(HTTPError) as refused:
        urlopen(address.partition("?")[0])  # noqa: S310
    assert refused.value.code in {403, 404}
    refused.value.close()


@pytest.mark.django_db
def test_when_the_row_fails_nothing_stays_in_the_bucket(client, bucket, monkeypatch):
    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr("library.actions.index_material", fail)
    with pytest.raises(RuntimeError):
        client.post("/library/new/file/", {**FORM, "title": "x", "file": SimpleUploadedFile("a.txt", b"x")})
    assert default_storage.listdir("library") == ([], [])


@pytest.mark.django_db
def test_what_no_row_names_goes_from_the_bucket(bucket):
    kept, left = stored_file(), stored_file()
    left.delete()
    assert sweep_files(timezone.now()) == 0
    assert sweep_files(timezone.now() + timedelta(hours=2)) == 1
    assert [default_storage.exists(one.file.name) for one in (kept, left)] == [True, False]


def said(**variables):
    code = (
        "import json; from cop_portal import settings as s; print(json.dumps([s.STORAGES['default']['BACKEND'],"
        "s.STORAGES['default']['OPTIONS'].get('endpoint_url'), s.SECURE_CSP['img-src']]))"
    )
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": os.environ["VAR_DIR"], "SECRET_KEY": "x" * 50, **variables}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_bucket_and_its_origin_come_from_the_environment():
    assert said() == ["django.core.files.storage.FileSystemStorage", None, ["'self'", "data:"]]
    own = said(S3_BUCKET="portal", S3_ENDPOINT="https://files.example:9000", S3_REGION="eu-central-1")
    backend, endpoint, sources = own
    assert (backend, endpoint) == ("cop_portal.lib.s3.SignedS3Storage", "https://files.example:9000")
    assert sources == ["'self'", "data:", "https://files.example:9000"]
    amazon = said(S3_BUCKET="portal", S3_REGION="eu-central-1")
    assert amazon[2][-1] == "https://portal.s3.eu-central-1.amazonaws.com"


def test_the_origin_is_that_of_the_signed_addresses(settings):
    place = {"endpoint": "", "region": "eu-central-1"}
    default = {
        "BACKEND": "cop_portal.lib.s3.SignedS3Storage",
        "OPTIONS": options_of("portal", prefix="", **place, **KEYS),
    }
    settings.STORAGES = {**settings.STORAGES, "default": default}
    address = default_storage.signed_address("a", shown_name="a.md", media_type="x/y", inline=False)
    assert address.startswith(f"{origin_of('portal', **place)}/a?")
