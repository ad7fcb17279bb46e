"""What nearly every job needs, loaded where this is imported (预先载入): in the process that forks those of the jobs.

A library that this machine cannot load keeps that process from nothing: a job that needs it says what is missing.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module

from reportgen.styles import FontRole

LIBRARIES = (
    "reportgen.service.jobs.process",
    "reportgen.service.work.ready",
    "reportgen.check",
    "reportgen.collect",
    "reportgen.compare",
    "reportgen.distribute",
    "reportgen.generate",
    "reportgen.judge",
    "reportgen.lint",
    "reportgen.unit_sets.road",
    "reportgen.writers.docx",
    "reportgen.writers.pdf",
    "PIL.Image",
    "docx",
    "fontTools.ttLib",
    "jinja2.sandbox",
    "lxml.etree",
    "lxml.html",
    "openpyxl",
    "pikepdf",
    "pydantic",
    "pypdfium2",
    "rapidfuzz",
    "typst",
    "weasyprint",
    "xlrd",
)
"""Our modules, and the libraries that they import only when they need them (载入的模块)."""


def load(names: Iterable[str]) -> None:
    """Import them all (载入), as far as they can be."""
    for name in names:
        # WeasyPrint without Pango is an OSError, and would end the process before its first job.
        with suppress(Exception):
            import_module(name)


def prepare_faces() -> None:
    """Read this machine's faces and make them ready (备好字体): each job that draws would spend half a second on it.

    Nothing is drawn here: what lays out pages may begin threads, of which no forked process has any. A face that is
    installed later is found all the same; one that cannot be read is told by the job that needs it.
    """
    from reportgen.writers.fonts import coverage, find_fonts, prepared, prepared_letters

    with suppress(Exception):
        faces = find_fonts({})
        for found in faces.roles.values():
            coverage(found.face)
            prepared(found.face)
        prepared_letters(faces.roles[FontRole.LATIN].face)


# NumPy would begin a thread for each core, of which no forked process has any, each with room for its own matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
load(LIBRARIES)
prepare_faces()
gc.freeze()  # what is there will stay: no job looks through it, and so makes a copy of it
