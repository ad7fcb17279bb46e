"""The tree as a PDF/A-2u (版式文件): HTML and CSS through WeasyPrint, with the faces of this machine.

Before the rendering every character must have a face; after it, only those faces may be in the file.
WeasyPrint and Pango are loaded here alone, and only when a PDF is asked for.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cache
from typing import Any

from reportgen.document import Document
from reportgen.pdf_engine import engine_says
from reportgen.problems import EnvironmentLacking, Outcome, Problem, error, warning
from reportgen.styles import StyleSheet
from reportgen.temporary import needing_room
from reportgen.writers.fonts import FontSet, substitution_problems, weak_problems
from reportgen.writers.html import html_page, page_css
from reportgen.writers.html_charts import PICTURE_ADDRESS
from reportgen.writers.html_lines import TEXT_END
from reportgen.writers.imprint import closes_even_page, has_own_section
from reportgen.writers.pdf_continued import repeat_parted_cells
from reportgen.writers.pdf_faces import covered_faces, embedded_faces, refuse_foreign
from reportgen.writers.pdf_warm import few_collections, kept_look, no_system_faces, quick_references, short_lines

INSTALL_PANGO = (
    "Debian、Ubuntu、统信、麒麟：apt-get install --no-install-recommends "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)
_WITHOUT_PANGO = (
    "；或改用不需要它的 Typst：装 duban-reportgen[typst]，"
    "配置里写 pdf_engine: typst（网页上在「期次」里选），或这一次加 --pdf-engine typst"
    "；只要 Word 文件时用 --format docx"
)

_VARIANT: Mapping[str, Any] = {"pdf_variant": "pdf/a-2u", "pdf_tags": True}


@needing_room()
def load_engine() -> Any:
    """WeasyPrint, or `EnvironmentLacking` where Pango cannot be loaded."""
    try:
        # It warns where the system has no faces of its own, although the report brings those that it needs, and
        # prints a page of English where a library is missing.
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), no_system_faces():
            warnings.simplefilter("ignore")
            import weasyprint
    except OSError as fault:
        if fault.errno is not None:  # the system speaks of a file, not of a library
            raise
        fix = f"{INSTALL_PANGO}{_WITHOUT_PANGO}"
        raise EnvironmentLacking(
            [error("pdf.no-pango", "这台机器缺少 Pango，不能用 WeasyPrint 生成 PDF", fix)]
        ) from None
    quick_references()
    short_lines()
    return weasyprint


def slow_subsetting() -> list[Problem]:
    """A warning where the library that cuts faces down is missing: each PDF then takes many times as long."""
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is not None:
        return []
    return [warning("pdf.no-subset", "缺少 libharfbuzz-subset，生成 PDF 会慢几十倍", INSTALL_PANGO)]


@needing_room()
def write_pdf(document: Document, styles: StyleSheet, fonts: FontSet) -> Outcome[bytes]:
    """The report as a tagged PDF/A-2u with bookmarks.

    Raises `EnvironmentLacking` rather than draw an empty box.
    """
    engine = load_engine()
    covered = covered_faces(document, styles, fonts)
    plan, files = embedded_faces(fonts, covered)
    embedded: set[str] = set()

    def note_faces(_: Any, pdf: Any) -> None:
        embedded.update(_base_fonts(pdf))

    look = kept_look(page_css(document, styles, plan), plan.faces, tuple(files.values()), _fetcher())

    def laid_out(*, apart: bool) -> Any:
        page = engine.HTML(string=html_page(document, styles, plan, None, apart=apart), url_fetcher=_fetcher()(files))
        return page.render(**_VARIANT, stylesheets=[look.sheet], font_config=look.faces)

    with few_collections(), _engine_log() as records:
        even = closes_even_page(document, styles)
        alone = even and has_own_section(document)
        pages = laid_out(apart=alone)
        if even and not alone and not _ends_well(pages):
            pages = laid_out(apart=True)
        repeat_parted_cells(pages)
        blob: bytes = pages.write_pdf(**_VARIANT, finisher=note_faces)
    refuse_foreign(embedded, plan)
    return Outcome(blob, (*substitution_problems(fonts), *weak_problems(fonts, covered), *_complaints(records)))


def _ends_well(pages: Any) -> bool:
    """Whether text and imprint end on one even page; else the imprint needs one of its own (版记页). 7.4, 7.5."""
    return len(pages.pages) % 2 == 0 and TEXT_END in pages.pages[-1].anchors


@cache
def _fetcher() -> Any:
    """Serves the faces, and the pictures that the page itself holds, and nothing else: no file, no network."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Faces(URLFetcher):  # type: ignore[misc]
        def __init__(self, files: Mapping[str, bytes]) -> None:
            super().__init__()
            self._files = files

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(PICTURE_ADDRESS):
                picture = b64decode(url.removeprefix(PICTURE_ADDRESS))
                return URLFetcherResponse(url, picture, {"Content-Type": "image/svg+xml"})
            if url not in self._files:
                raise FatalURLFetchingError(f"not a face of this report: {url[:80]}")
            return URLFetcherResponse(url, self._files[url], {"Content-Type": "font/otf"})

    return Faces


@contextmanager
def _engine_log() -> Iterator[list[logging.LogRecord]]:
    """The records that WeasyPrint and fontTools log meanwhile: what they only log we do not pass over."""
    records: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Keep(logging.WARNING)
    logger = logging.getLogger("weasyprint")
    before = list(logger.handlers)
    logger.handlers[:] = [handler]
    try:
        yield records
    finally:
        logger.handlers[:] = before


def _base_fonts(pdf: Any) -> Iterator[str]:
    for item in pdf.objects:
        name = item.get("BaseFont") if isinstance(item, dict) else None
        if name is not None:
            raw = name if isinstance(name, bytes) else str(name).encode()
            yield raw.decode("utf-8", "replace")


def _complaints(records: list[logging.LogRecord]) -> Iterator[Problem]:
    for line in dict.fromkeys(record.getMessage() for record in records):
        if whole := re.match(r'Unable to subset "(.*?)(-rg)?(-letters)?"', line):
            what = f"字体「{whole[1]}」有损坏，不能只取用到的字，整个放进了 PDF，文件会大好几兆"
            yield warning("pdf.whole-face", what, "请在配置的 fonts 中换一个字体文件")
        else:
            yield engine_says(line)
