"""The tree as a PDF/A-2u (版式文件): HTML and CSS through WeasyPrint, with the faces of this machine.

Before the rendering every character must have a face; after it, only those faces may be in the file.
WeasyPrint and Pango are loaded here alone, and only when a PDF is asked for.
"""

from __future__ import annotations

import gc
import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import lru_cache
from multiprocessing.util import Finalize
from typing import Any

from reportgen.document import Document
from reportgen.problems import EnvironmentLacking, Outcome, Problem, error, warning
from reportgen.styles import FontRole, StyleSheet
from reportgen.writers.css import FontFace, FontPlan
from reportgen.writers.fonts import (
    Cover,
    FontSet,
    GlyphsMissing,
    cover,
    drawn_texts,
    prepared,
    prepared_letters,
    substitution_problems,
    weak_problems,
)
from reportgen.writers.html import html_page
from reportgen.writers.html_lines import TEXT_END
from reportgen.writers.imprint import closes_even_page, has_own_section
from reportgen.writers.pdf_continued import repeat_parted_cells

INSTALL_PANGO = (
    "Debian、Ubuntu、统信、麒麟：apt-get install --no-install-recommends "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0；只要 Word 文件时用 --format docx"
)

_VARIANT: Mapping[str, Any] = {"pdf_variant": "pdf/a-2u", "pdf_tags": True}


def load_engine() -> Any:
    """WeasyPrint, or `EnvironmentLacking` where Pango cannot be loaded."""
    try:
        # It warns where the system has no faces of its own, although the report brings those that it needs, and
        # prints a page of English where a library is missing.
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            import weasyprint
    except OSError:
        raise EnvironmentLacking([error("pdf.no-pango", "这台机器缺少 Pango，不能生成 PDF", INSTALL_PANGO)]) from None
    return weasyprint


def slow_subsetting() -> list[Problem]:
    """A warning where the library that cuts faces down is missing: each PDF then takes many times as long."""
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is not None:
        return []
    return [warning("pdf.no-subset", "缺少 libharfbuzz-subset，生成 PDF 会慢几十倍", INSTALL_PANGO)]


def write_pdf(document: Document, styles: StyleSheet, fonts: FontSet) -> Outcome[bytes]:
    """The report as a tagged PDF/A-2u with bookmarks.

    Raises `EnvironmentLacking` rather than draw an empty box.
    """
    engine = load_engine()
    covered = _covered(document, styles, fonts)
    plan, files = _embedded(fonts, covered)
    embedded: set[str] = set()

    def note_faces(_: Any, pdf: Any) -> None:
        embedded.update(_base_fonts(pdf))

    def laid_out(*, apart: bool) -> Any:
        page = engine.HTML(string=html_page(document, styles, plan, apart=apart), url_fetcher=_fetcher(files))
        return page.render(**_VARIANT, font_config=_font_configuration(plan.faces, tuple(files.values())))

    with _engine_log() as records:
        even = closes_even_page(document, styles)
        alone = even and has_own_section(document)
        pages = laid_out(apart=alone)
        if even and not alone and not _ends_well(pages):
            pages = laid_out(apart=True)
        repeat_parted_cells(pages)
        blob: bytes = pages.write_pdf(**_VARIANT, finisher=note_faces)
    _refuse_foreign(embedded, plan)
    return Outcome(blob, (*substitution_problems(fonts), *weak_problems(fonts, covered), *_complaints(records)))


def _ends_well(pages: Any) -> bool:
    """Whether text and imprint end on one even page; else the imprint needs one of its own (版记页). 7.4, 7.5."""
    return len(pages.pages) % 2 == 0 and TEXT_END in pages.pages[-1].anchors


def _covered(document: Document, styles: StyleSheet, fonts: FontSet) -> Cover:
    """The faces that the document needs; raises `GlyphsMissing` naming every character that none has."""
    covered = cover(fonts, drawn_texts(document, styles))
    if covered.missing:
        raise GlyphsMissing(covered.missing)
    return covered


def _embedded(fonts: FontSet, covered: Cover) -> tuple[FontPlan, Mapping[str, bytes]]:
    """The plan of the faces, and their files under the addresses by which the CSS asks for them.

    The names differ from the installed ones: fontconfig would else prefer the installed face to the prepared one.
    """
    latin = fonts.roles[FontRole.LATIN].face
    used = dict.fromkeys(face for faces in covered.faces.values() for face in faces)
    names = {face: f"{face.postscript_name}-rg" for face in used}
    letters = f"{latin.postscript_name}-rg-letters"
    files = {f"font:{number}": prepared(face) for number, face in enumerate(used)}
    files["font:letters"] = prepared_letters(latin)
    rules = [
        FontFace(name, (f"url({address})",)) for name, address in zip((*names.values(), letters), files, strict=True)
    ]
    families = {role: (letters, *(names[face] for face in covered.faces.get(role, ()))) for role in FontRole}
    return FontPlan(tuple(rules), families), files


def _fetcher(files: Mapping[str, bytes]) -> Any:
    """Serves the faces and nothing else: no file, no network."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Faces(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in files:
                raise FatalURLFetchingError(f"not a face of this report: {url[:80]}")
            return URLFetcherResponse(url, files[url], {"Content-Type": "font/otf"})

    return Faces()


@lru_cache(maxsize=4)
def _font_configuration(faces: tuple[FontFace, ...], files: tuple[bytes, ...]) -> Any:
    """The faces as Pango knows them: of many small documents each would else spend a third of its time on that.

    Kept for exactly these faces, so that no document sees those of another one.
    """
    from weasyprint.text.fonts import FontConfiguration

    # It removes its folder of files when it goes, which has to be before Python itself does, in workers, too.
    Finalize(None, _forget_faces, exitpriority=0)
    return FontConfiguration()


def _forget_faces() -> None:
    _font_configuration.cache_clear()
    gc.collect()


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
            yield re.sub(r"^/?[A-Z]{6}\+", "", raw.decode("utf-8", "replace"))


def _refuse_foreign(embedded: set[str], plan: FontPlan) -> None:
    known = {face.family.replace(" ", "-") for face in plan.faces}
    if foreign := sorted(embedded - known):
        what = f"PDF 中嵌入了未指定的字体：{'、'.join(foreign)}"
        raise EnvironmentLacking([error("fonts.foreign", what, "请运行 reportgen doctor 检查字体，或在 fonts 中指定")])


def _complaints(records: list[logging.LogRecord]) -> list[Problem]:
    lines = dict.fromkeys(record.getMessage() for record in records)
    fix = "请核对 PDF 的这一处；若确有问题，请把本条连同 manifest.json 交给维护人员"
    return [warning("pdf.engine", f"排版引擎提示：{line[:200]}", fix) for line in lines]
