"""One document into its files (渲染一份): what a worker does, on this machine or in a cluster.

A worker is given the finished tree and the style sheet and gives bytes: it reads no input and no template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from reportgen.document import Document
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import Problem
from reportgen.styles import FontRole, StyleSheet
from reportgen.writers import writer_of
from reportgen.writers.fonts import FontSet, find_fonts


@dataclass(frozen=True, slots=True)
class Order:
    """What to make of every document (渲染要求): formats, their look, and the font files that the configuration names.

    The same for all documents of a run; picklable.
    """

    formats: tuple[str, ...]
    styles: StyleSheet
    fonts: Mapping[FontRole, Path] = field(default_factory=dict)
    pdf_engine: PdfEngine = PdfEngine.WEASYPRINT

    @property
    def draws(self) -> bool:
        """Whether a format lays out pages itself, and so needs the faces of the machine that it is made on."""
        return any(writer_of(name, self.pdf_engine).draws for name in self.formats)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document's files (渲染结果), by format, and the warnings that came with them; picklable."""

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()


def render(order: Order, document: Document) -> Rendered:
    """The document in all formats of the order (渲染): the function that workers run.

    Raises `EnvironmentLacking` where this machine cannot draw it, such as for a character that no face has.
    """
    fonts = _fonts(tuple(order.fonts.items())) if order.draws else None
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in order.formats:
        outcome = writer_of(name, order.pdf_engine).write(document, order.styles, fonts)
        files[name] = outcome.value
        problems += outcome.problems
    return Rendered(files, tuple(problems))


@lru_cache(maxsize=4)
def _fonts(configured: tuple[tuple[FontRole, Path], ...]) -> FontSet:
    """The faces of this process's machine: looked for once, not for every document."""
    return find_fonts(dict(configured))
