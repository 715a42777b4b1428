"""Pictures are decoded and written anew: no place where they were taken, nothing behind their end."""

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from library.media import TOO_MUCH_INSIDE, WRONG_KIND, RefusedFileError

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE = 12_000  # pixels
MAX_PIXELS = 40_000_000  # of all pictures in one file
MAX_FRAMES = 300
_KEPT = ("duration", "loop", "background", "transparency", "disposal")
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}


def rewritten(content: BinaryIO, media_type: str) -> BytesIO:
    """Returns the picture as a new file of the same type.

    Raises RefusedFileError for what is no such picture, and for one that is too large to decode safely.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    content.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(content, formats=[_FORMATS[media_type]])
            frames = _frames(picture)
            if len(frames) == 1:
                frames = [ImageOps.exif_transpose(frames[0])]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedFileError(TOO_MUCH_INSIDE) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise RefusedFileError(WRONG_KIND) from None
    return _written(frames, media_type)


def _frames(picture: "Image") -> "list[Image]":
    width, height = picture.size
    count = getattr(picture, "n_frames", 1)
    if max(width, height) > MAX_SIDE or width * height * count > MAX_PIXELS or count > MAX_FRAMES:
        raise RefusedFileError(TOO_MUCH_INSIDE)
    frames = []
    for number in range(count):
        picture.seek(number)
        frames.append(picture.copy())
    return frames


def _written(frames: "list[Image]", media_type: str) -> BytesIO:
    options: dict[str, Any] = {"image/jpeg": {"quality": 88, "progressive": True}, "image/webp": {"quality": 88}}.get(
        media_type, {}
    )
    if len(frames) > 1:
        durations = [frame.info.get("duration", 100) for frame in frames]
        options |= {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0}
    for frame in frames:
        turned = frame.getexif()
        turned.clear()
        frame.info = {name: frame.info[name] for name in _KEPT if name in frame.info}
    file = BytesIO()
    frames[0].save(file, _FORMATS[media_type], **options)
    file.seek(0)
    return file
