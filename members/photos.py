"""Photos of members: 256 pixels square, decoded and written anew, so that nothing hidden in a file comes along.

They lie in the database, not in a folder: a view that asks who is asking serves them, a photo and its row cannot
part, and a deleted account takes its photo along.
"""

import hashlib
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from PIL.Image import Image

    from members.models import Member

SIDE = 256  # pixels
MEDIA_TYPE = "image/webp"
LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 16_000_000
MOST_PIXELS_JPEG = 64_000_000  # a JPEG is decoded at a fraction of its size


class PhotoError(Exception):
    """This is no picture that we can take."""


class Photo(models.Model):
    """A member's photo, as it is served."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="photo"
    )
    content = models.BinaryField()

    class Meta:
        app_label = "members"

    def __str__(self) -> str:
        return f"photo of {self.member_id}"


def portrait(file: BinaryIO) -> bytes:
    """Returns the middle of the picture as a square of 256 pixels, in WebP; raises PhotoError."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is below its
            picture = Image.open(file, formats=["JPEG", "PNG", "WEBP", "GIF"])
            _refuse_huge(picture)
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            square = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGBA"), (SIDE, SIDE))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError):
        raise PhotoError from None
    return _written(square)


def _refuse_huge(picture: "Image") -> None:
    width, height = picture.size
    if width * height > (MOST_PIXELS_JPEG if picture.format == "JPEG" else MOST_PIXELS):
        raise PhotoError


def _written(square: "Image") -> bytes:
    """On white, where it is transparent; a new picture, so that no words of the old file come along."""
    from PIL import Image

    paper = Image.new("RGB", square.size, "white")
    paper.paste(square, mask=square.getchannel("A"))
    file = BytesIO()
    paper.save(file, "WEBP", quality=82, method=4)
    return file.getvalue()


def keep_photo(member: "Member", content: bytes) -> None:
    """Stores what `portrait` returned as the photo of `member`, and names it in the row, which the caller saves."""
    Photo.objects.update_or_create(member=member, defaults={"content": content})
    member.photo_key = hashlib.sha256(content).hexdigest()[:16]


def drop_photo(member: "Member") -> None:
    """Forgets the photo; the caller saves the row."""
    Photo.objects.filter(member=member).delete()
    member.photo_key = ""
