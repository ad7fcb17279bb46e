"""Which engine lays out the pages of a PDF (排版引擎): the tree and the style sheet are the same for both."""

from __future__ import annotations

from enum import Enum
from importlib import metadata

from reportgen.problems import Problem, warning


class PdfEngine(Enum):
    """Engine of the pages (排版引擎), as a configuration and a command name it.

    WeasyPrint is the one that everybody has. Typst is a library without any part of the system, for machines that
    have no Pango, and for those who do not want to wait.
    """

    WEASYPRINT = "weasyprint"
    TYPST = "typst"

    @property
    def version(self) -> str:
        """The version that is installed here (版本), empty where it is not; nothing is loaded for it."""
        try:
            return metadata.version(self.value)
        except metadata.PackageNotFoundError:
            return ""


def engine_says(line: str) -> Problem:
    """A warning that an engine gave while it laid out a report (引擎提示), as it is told to the office."""
    fix = "请核对 PDF 的这一处；若确有问题，请把本条连同 manifest.json 交给维护人员"
    return warning("pdf.engine", f"排版引擎提示：{line[:200]}", fix)
