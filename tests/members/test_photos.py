"""Photos: written anew at 256 pixels, served to members alone."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from members.models import Member, Photo
from members.photos import LARGEST_FILE, PhotoError, portrait

URL = "/members/me/"
SECRET = b"GPS 52.5200 N 13.4050 E"


def picture(form="JPEG", size=(800, 600), color="teal", mode="RGB", **options):
    file = BytesIO()
    Image.new(mode, size, color).save(file, form, **options)
    return file.getvalue()


def with_exif():
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # a description
    exif[0x0112] = 6  # turned by a quarter
    half = Image.new("RGB", (600, 400), "red")
    half.paste("blue", (0, 0, 300, 400))
    file = BytesIO()
    half.save(file, "JPEG", exif=exif)
    return file.getvalue() + SECRET


def profile(member, **changes):
    fields = {"name": member.name, "role": member.role, "team": member.team_id, "band": "", "language": ""}
    return {**fields, "time_zone": member.time_zone, **changes}


def upload(client, member, content, name="me.jpg", **changes):
    return client.post(URL, profile(member, photo=SimpleUploadedFile(name, content), **changes))


@pytest.fixture
def client(lead, sign_in):
    return sign_in(lead)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(800, 600), (40, 90), (256, 256), (3000, 1)])
def test_every_picture_becomes_a_small_square(form, size):
    small = Image.open(BytesIO(portrait(BytesIO(picture(form, size)))))
    assert (small.format, small.size, small.mode) == ("WEBP", (256, 256), "RGB")


def test_nothing_hidden_comes_along_and_it_stands_upright():
    content = portrait(BytesIO(with_exif()))
    assert SECRET not in content
    small = Image.open(BytesIO(content))
    assert not small.getexif()
    top, bottom = small.getpixel((128, 10)), small.getpixel((128, 245))
    assert (top[2] > 200 > top[0], bottom[0] > 200 > bottom[2]) == (True, True)


def test_what_is_transparent_becomes_white():
    small = Image.open(BytesIO(portrait(BytesIO(picture("PNG", color=(0, 0, 0, 0), mode="RGBA")))))
    assert min(small.getpixel((128, 128))) > 250


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff" + b"x" * 100,
        picture("PNG")[:90],
        picture("BMP", (10, 10)),
        picture("PNG", (5000, 4000), mode="1", color=1),
        picture("JPEG", (65000, 1000)),
    ],
    ids=["empty", "drawing", "not a JPEG", "half", "other kind", "a bomb", "a wide bomb"],
)
def test_what_is_no_picture_of_ours_is_refused(content):
    with pytest.raises(PhotoError):
        portrait(BytesIO(content))


def test_uploaded_it_is_shown_on_every_card(client, lead, manager, sign_in):
    assert upload(client, lead, picture()).status_code == 302
    lead.refresh_from_db()
    page = sign_in(manager).get("/members/").content.decode()
    [address] = re.findall(r'<img class="avatar " src="([^"]+)"', page)
    assert address == f"{lead.get_absolute_url()}photo/?v={lead.photo_key}"
    answer = sign_in(manager).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(answer.content)).size == (256, 256)


def test_a_new_one_has_a_new_address(client, lead):
    upload(client, lead, picture())
    first = Member.objects.get(pk=lead.pk).photo_key
    upload(client, lead, picture(color="red"))
    assert Member.objects.get(pk=lead.pk).photo_key not in {first, ""}
    assert Photo.objects.count() == 1


def test_saving_without_a_file_keeps_it(client, lead):
    upload(client, lead, picture())
    client.post(URL, profile(lead, about="New words"))
    assert Member.objects.get(pk=lead.pk).photo_key
    assert Photo.objects.count() == 1


def test_it_can_be_removed(client, lead):
    upload(client, lead, picture())
    client.post(URL, profile(lead, remove_photo="on"))
    assert (Member.objects.get(pk=lead.pk).photo_key, Photo.objects.count()) == ("", 0)
    assert "remove_photo" not in client.get(URL).context["form"].fields


@pytest.mark.parametrize("content", [b"no picture", b"x" * (LARGEST_FILE + 1)], ids=["no picture", "too large"])
def test_a_wrong_file_answers_422_and_keeps_what_was_typed(client, lead, content):
    answer = upload(client, lead, content, about="Kept words")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["photo"]
    assert "Kept words" in answer.content.decode()
    assert (Photo.objects.count(), Member.objects.get(pk=lead.pk).about) == (0, "")


def test_one_that_was_stopped_on_its_way_is_named(client, lead, settings):
    settings.UPLOAD_MAX_MB = 1
    answer = upload(client, lead, b"x" * 1_200_000, about="Kept words")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["photo"]


def test_a_guest_neither_shows_nor_sees_any(client, lead, guest, sign_in):
    upload(client, lead, picture())
    lead.refresh_from_db()
    theirs = sign_in(guest)
    assert theirs.get(lead.photo_url).status_code == 404
    assert theirs.get(lead.photo_url).content == theirs.get("/members/999/photo/").content
    upload(theirs, guest, picture(), team="")
    assert Photo.objects.count() == 1
    assert Client().get(lead.photo_url).status_code == 302


def test_twenty_an_hour(client, lead):
    answers = [upload(client, lead, b"no picture").status_code for _number in range(21)]
    assert answers == [422] * 20 + [429]
