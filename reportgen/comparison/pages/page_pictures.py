"""Pages of a PDF as pictures (页面图), drawn by PDFium.

PDFium is one for a process and stands no second thread: draw in processes only.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

# A sheet of any size is drawn with no more dots than this: a page may say that it is metres wide.
_MOST_DOTS = 12_000_000


def page_picture(blob: bytes, number: int, dpi: int) -> Image:
    """The picture (页面图) of one page, from 1, with so many dots to the inch; a huge page has fewer."""
    return next(page_pictures(blob, (number,), dpi))


def page_png(blob: bytes, number: int, dpi: int) -> bytes:
    """The picture of one page as a PNG file (PNG 文件)."""
    return png(page_picture(blob, number, dpi))


def png(picture: Image) -> bytes:
    """A picture as a PNG file; the same picture gives the same bytes. Pages of text need few colours."""
    from PIL import Image as Pictures

    small = picture.convert("P", palette=Pictures.Palette.ADAPTIVE, colors=64)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def page_count(blob: bytes) -> int:
    """How many pages a PDF has (页数)."""
    import pypdfium2

    with pypdfium2.PdfDocument(blob) as pdf:
        return len(pdf)


def bookmarks(blob: bytes) -> list[tuple[int, str, int]]:
    """The bookmarks (书签) of a PDF that lead to a page: level from 0, title, page from 1."""
    import pypdfium2

    found = []
    with pypdfium2.PdfDocument(blob) as pdf:
        for each in pdf.get_toc():
            place = each.get_dest()
            index = place.get_index() if place else None
            if index is not None:
                found.append((each.level, each.get_title(), index + 1))
    return found


def quick_png(picture: Image) -> bytes:
    """A page as a PNG file for the eye (快速 PNG), in a tenth of the time: sixteen greys, or a few colours."""
    from PIL import Image as Pictures
    from PIL import ImageChops

    red, green, blue = picture.split()
    buffer = io.BytesIO()
    if ImageChops.difference(red, green).getbbox() or ImageChops.difference(green, blue).getbbox():
        picture.quantize(64, method=Pictures.Quantize.FASTOCTREE).save(buffer, "PNG")
        return buffer.getvalue()
    greys = Pictures.frombytes("P", picture.size, green.point(_SIXTEEN).tobytes())
    greys.putpalette([level for level in range(0, 256, 17) for _ in range(3)])
    greys.save(buffer, "PNG", bits=4)
    return buffer.getvalue()


_SIXTEEN = [round(level / 17) for level in range(256)]


def page_pictures(blob: bytes, numbers: Iterable[int], dpi: int) -> Iterator[Image]:
    """The pictures of some pages (若干页面图), one after the other; the file is opened once."""
    import pypdfium2

    with pypdfium2.PdfDocument(blob) as pdf:
        for number in numbers:
            yield _drawn(pdf[number - 1], dpi)


def _drawn(page: Any, dpi: int) -> Image:
    width, height = page.get_size()
    scale = dpi / 72
    dots = width * height * scale * scale
    if dots > _MOST_DOTS:
        scale *= (_MOST_DOTS / dots) ** 0.5
    picture: Image = page.render(scale=scale).to_pil().convert("RGB")
    return picture
