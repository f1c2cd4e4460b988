"""Pictures as they are shown: made anew from their points alone, so that nothing else that came with them is shown or run."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MOST_POINTS = 60_000_000
"""Points of a picture that is opened: a larger one is a bomb, or a map that is better downloaded."""
_SIDE = 1600
_ONE = threading.Lock()
"""One picture is made at a time: of a file of a few kilobytes some 250 MB of points may come."""
_SPOILED = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    SyntaxError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises at spoiled pictures, as its readers are written and as many thousand spoiled ones have shown."""


def kind_of(data: bytes) -> str:
    """What a content is by its own first bytes, whatever it is called.

    Args:
        data: the content.

    Returns:
        ``JPEG`` and so on for a picture that can be shown; ``PDF``; nothing for all else, which is only handed out as a file.
    """
    if data[:5] == b"%PDF-":
        return "PDF"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                wide, high = picture.size
                return str(picture.format) if wide * high <= MOST_POINTS else ""
    except _SPOILED:
        return ""


def shown(data: bytes) -> bytes | None:
    """A picture as it is shown: turned upright, no larger than a screen, without a word of what its maker wrote into it.

    Args:
        data: the content as it came.

    Returns:
        A JPEG; nothing where it is no picture that can be opened.
    """
    if kind_of(data) not in FORMATS:
        return None
    out = io.BytesIO()
    try:
        with _ONE, Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            picture.draft("RGB", (_SIDE, _SIDE))  # of a JPEG no more is read than is shown
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((_SIDE, _SIDE))
        bare = Image.new("RGB", upright.size)
        bare.paste(upright)
        bare.save(out, "JPEG", quality=85)
    except _SPOILED:  # then it is only handed out as a file
        return None
    return out.getvalue()
