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
