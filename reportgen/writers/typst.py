"""The tree as a PDF/A-2u (版式文件) by Typst, with the faces of this machine: no library of the system is needed.

The compiler gets the source as bytes, our faces and an empty folder: no file of the machine and no network is within
its reach. Typst is loaded here alone, and only when a PDF is asked for.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from reportgen.document import Document
from reportgen.pdf_engine import engine_says
from reportgen.problems import EnvironmentLacking, Outcome, Problem, error
from reportgen.styles import StyleSheet
from reportgen.temporary import needing_room, process_folder
from reportgen.writers.fonts import FontSet, substitution_problems, weak_problems
from reportgen.writers.fonts_files import FACE, write_faces
from reportgen.writers.pdf_faces import covered_faces, embedded_faces, refuse_foreign
from reportgen.writers.typst_source import typst_source

INSTALL_TYPST = (
    "请运行 pip install 'duban-reportgen[typst]'；"
    "或改用 WeasyPrint：配置里写 pdf_engine: weasyprint（网页上在「期次」里选），或这一次加 --pdf-engine weasyprint"
)


def load_typst() -> Any:
    """Typst (排版引擎), or `EnvironmentLacking` where it is not installed."""
    try:
        import typst
    except ImportError:
        raise EnvironmentLacking(
            [error("pdf.no-typst", "这台机器缺少 Typst，不能用它生成 PDF", INSTALL_TYPST)]
        ) from None
    return typst


@needing_room()
def write_typst(document: Document, styles: StyleSheet, fonts: FontSet) -> Outcome[bytes]:
    """The report as a tagged PDF/A-2u with bookmarks.

    Raises `EnvironmentLacking` rather than draw an empty box.
    """
    load_typst()
    covered = covered_faces(document, styles, fonts)
    plan, files = embedded_faces(fonts, covered)
    families = (face.family for face in plan.faces)
    source = typst_source(document, styles, plan)
    # Its threads do not live on in a forked process, which would wait for them without end (measured). Ours are forked
    # from one that compiles nothing.
    if _first_process() != os.getpid():
        raise RuntimeError("Typst has compiled in the process that this one was forked from")
    with _one_at_a_time:
        blob, said = _compiled(source, tuple(zip(families, files.values(), strict=True)))
    refuse_foreign(_base_fonts(blob), plan)
    return Outcome(_undated(blob), (*substitution_problems(fonts), *weak_problems(fonts, covered), *_complaints(said)))


# A compiler that is at work refuses a second thread (measured), which would be told that its report cannot be laid out.
_one_at_a_time = threading.Lock()


def _compiled(source: str, faces: tuple[tuple[str, bytes], ...]) -> tuple[bytes, Sequence[Any]]:
    compiler, files = _compiler(faces)
    if _memory.letters > _MOST_LETTERS:
        _forget(compiler)
        _memory.letters = 0
    _memory.letters += len(source)
    try:
        blob, said = compiler.compile_with_warnings(source.encode(), format="pdf", pdf_standards=["a-2u"], timestamp=0)
    except BaseException as fault:  # what Typst falls over within itself is no Exception
        _compiler.cache_clear()
        if not isinstance(fault, RuntimeError) and type(fault).__name__ != "PanicException":
            raise
        what = "排版引擎 Typst 不能排出这份报告"
        fix = "请在配置里改用 pdf_engine: weasyprint 重新生成，并把台账和配置交给维护人员"
        raise EnvironmentLacking([error("pdf.typst-failed", what, fix)]) from fault
    if all(file.is_file() for file in files):
        return bytes(blob), said
    # Typst opens a face when it first draws with it, and leaves the letters out, without a word, where the file has
    # gone meanwhile: some systems clear their temporary folders while programs run.
    _compiler.cache_clear()
    return _compiled(source, faces)


@cache
def _first_process() -> int:
    return os.getpid()


@dataclass(slots=True)
class _Memory:
    """How many letters of source were laid out since Typst was last made to forget."""

    letters: int = 0


_memory = _Memory()
_MOST_LETTERS = 500_000
_AGES = 12


def _forget(compiler: Any) -> None:
    """Empty what Typst remembers of finished pages: it keeps the last ten compilations, of long reports half a GB.

    It is done before the next report, so that a process that makes only one does not wait for it; and not before each,
    since it takes a tenth of the time of a report of fifty pages.
    """
    for _ in range(_AGES):
        compiler.compile(b"", format="pdf")


@lru_cache(maxsize=4)
def _compiler(faces: tuple[tuple[str, bytes], ...]) -> tuple[Any, tuple[Path, ...]]:
    """A compiler that knows these faces and nothing else, kept for them, and the files that they are in."""
    engine = load_typst()
    folder = process_folder() / "typst"
    empty = folder / "empty"
    empty.mkdir(parents=True, exist_ok=True)
    folders = write_faces(faces, folder / "faces")
    known = engine.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*map(str, folders)])
    compiler = engine.Compiler(
        root=str(empty), font_paths=known, package_path=str(empty), package_cache_path=str(empty)
    )
    return compiler, tuple(each / FACE for each in folders)


def _base_fonts(blob: bytes) -> Iterator[str]:
    """The names of the faces in a PDF of Typst, which leaves its dictionaries as plain text."""
    return (name.decode("utf-8", "replace") for name in re.findall(rb"/FontName ?/([^\s/<>()\[\]]+)", blob))


def _undated(blob: bytes) -> bytes:
    """The file without the date that PDF/A makes Typst write: the report's own has no hour, and no clock is read here.

    Blanks take the places of the dates, so that nothing else moves. They stand behind the pages.
    """
    start = max(0, blob.rfind(b"/Creator(Typst"))
    end = blob[start:]
    for pattern in (rb"/(?:Mod|Creation)Date ?\(D:19700101000000Z\)", rb"<(xmp:\w+Date|stEvt:when)>[^<]*</\1>"):
        end = re.sub(pattern, lambda found: b" " * len(found[0]), end)
    return blob[:start] + end


def _complaints(said: Sequence[Any]) -> list[Problem]:
    return [engine_says(line) for line in dict.fromkeys(each.message for each in said)]
