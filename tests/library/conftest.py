"""Clients of the small cast, for the library's pages."""

from io import BytesIO

import pytest
from PIL import Image


def picture(kind: str, size=(8, 6), **options) -> bytes:
    """Returns the bytes of a picture of one colour."""
    file = BytesIO()
    Image.new("RGB", size, "#12594b").save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def client(lead, sign_in):
    """The lead's browser."""
    return sign_in(lead)


@pytest.fixture
def other(manager, sign_in):
    """The browser of a member of another team."""
    return sign_in(manager)


@pytest.fixture
def png():
    """The bytes of a small picture."""
    return picture("PNG")
