"""What makes WeasyPrint quick (排版引擎提速): kept from one document to the next, or spared in each.

Nothing here changes a byte of a PDF; `tests/test_pdf_warm.py` holds that. Each lever was measured for itself.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from reportgen.temporary import process_folder
from reportgen.writers.css import FontFace


@contextmanager
def no_system_faces() -> Iterator[None]:
    """While it is begun, WeasyPrint finds no installed face (不读系统字体): the report brings all that it needs.

    Looking through them takes longer than a page does, many times so where the system has no list of them yet; and
    rules that a system has for its faces would change ours.
    """
    before = os.environ.get(_FONTCONFIG)
    os.environ[_FONTCONFIG] = str(_own_rules(process_folder()))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_FONTCONFIG]
        else:
            os.environ[_FONTCONFIG] = before


_FONTCONFIG = "FONTCONFIG_FILE"


def _own_rules(folder: Path) -> Path:
    path = folder / "faces.xml"
    if not path.is_file():
        cache = folder / "fonts"  # told, or it would be looked for in places where nobody may write
        path.write_text(f"<fontconfig><cachedir>{cache}</cachedir></fontconfig>\n", encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Look:
    """The look of documents as WeasyPrint knows it (排版外观): Pango's faces, and the parsed CSS that names them."""

    faces: Any
    sheet: Any


@lru_cache(maxsize=4)
def kept_look(css: str, faces: tuple[FontFace, ...], files: tuple[bytes, ...], fetcher: type[Any]) -> Look:
    """The look of a document (排版外观), kept for the next one: of small documents each would else spend a third on it.

    Kept for exactly these faces, so that no document sees those of another one; and in one piece: parsing the CSS is
    what makes the faces known, and without any Pango ends the process.
    """
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    # It removes its folder of files when it goes, which has to be before Python itself does, in workers, too.
    Finalize(None, _forget, exitpriority=0)
    with no_system_faces():
        known = FontConfiguration()
    addresses = [source[4:-1] for face in faces for source in face.sources]
    served = fetcher(dict(zip(addresses, files, strict=True)))
    with _temporary_files_at_home():
        return Look(known, CSS(string=css, url_fetcher=served, font_config=known))


@contextmanager
def _temporary_files_at_home() -> Iterator[None]:
    """Meanwhile they stand in this process's own folder: that of one which was killed is found and removed."""
    before, tempfile.tempdir = tempfile.tempdir, str(process_folder())
    try:
        yield
    finally:
        tempfile.tempdir = before


def _forget() -> None:
    kept_look.cache_clear()
    gc.collect()


# The usual 700 makes Python look through the young objects a thousand times in one report, and hardly one has gone.
_YOUNG = 50_000


@contextmanager
def few_collections() -> Iterator[None]:
    """Rubbish is looked for more seldom meanwhile (少做回收): what WeasyPrint makes lives to the end of a document."""
    before = gc.get_threshold()
    if 0 < before[0] < _YOUNG:
        gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def quick_references() -> None:
    """Makes the references to a PDF's pages once (页引用): tags ask for all of them again at every single element.

    Without it the time of a tagged PDF grows with the square of its pages: 1,000 million texts for 10,000 rows.
    """
    import pydyf

    if isinstance(vars(pydyf.PDF).get("page_references"), property):  # else it is done, or of a kind not known here
        pydyf.PDF.page_references = _References()


class _References:
    """Instead of pydyf's property: a list that grows with the pages. Pages are only ever added behind the others."""

    def __get__(self, pdf: Any, _: type[Any] | None = None) -> Any:
        if pdf is None:
            return self
        made: list[bytes] = pdf.__dict__.setdefault("_reportgen_page_references", [])
        made += [b"%d 0 R" % number for number in pdf.pages["Kids"][3 * len(made) :: 3]]
        return made


def short_lines() -> None:
    """Has each line made from the text that it may hold (按行取字): WeasyPrint would lay out all the rest for each.

    It does so where that rest has no place to break, a word of thousands of letters or a row of marks: the time of
    such a text grows with the square of its length, to seven minutes for 200,000 letters.
    """
    from weasyprint.layout import inline

    if getattr(inline.split_first_line, "__module__", "") != __name__:
        inline.split_first_line = _short_line(inline.split_first_line)


# No line of a sheet holds half of it; else the whole text is asked, as before.
_MOST_LETTERS = 1_000


def _short_line(whole: Callable[..., Any]) -> Callable[..., Any]:
    def first_line(text: str, style: Any, context: Any, max_width: Any, *arguments: Any, **named: Any) -> Any:
        if len(text) > _MOST_LETTERS and max_width is not None:
            begun = text[:_MOST_LETTERS]
            line = whole(begun, style, context, max_width, *arguments, **named)
            following = line[2]  # where the next line begins, in bytes
            if following is not None and 2 * following < len(begun.encode()):
                return line
        return whole(text, style, context, max_width, *arguments, **named)

    return first_line
