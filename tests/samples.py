"""The sample reports and what the format check finds in them (样例报告): each is made once for all tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reportgen.generate import Request, generate
from reportgen.pdf_engine import PdfEngine
from reportgen.review.findings import Examiner
from reportgen.review.format_pdf import check_pdf
from tests.builders import styles
from tests.kept import kept
from tests.projects import ROOT, SAMPLE

SAMPLES = sorted(path.stem for path in (ROOT / "configs").glob("qingping-*.yaml"))
SHORT = ("qingping-bulletin", "qingping-circular", "qingping-letter")
"""Those of a page or a few; the others have annexes of 131 rows (长报告)."""


def long_ones_later(names: Sequence[str], but: Sequence[str] = ()) -> list[Any]:
    """The names as a test's parameters (样例分档): the long reports wait for a campaign, but for those."""
    now = (*SHORT, *but)
    return [name if name in now else pytest.param(name, marks=pytest.mark.campaign) for name in names]


@cache
def made(name: str = SAMPLE.stem) -> Mapping[str, bytes]:
    """A sample report by suffix."""
    return kept(f"sample-{name}", lambda: _made(name))


def _made(name: str) -> Mapping[str, bytes]:
    files = generate(Request(ROOT / "configs" / f"{name}.yaml", ("docx", "pdf"))).files
    return {Path(file).suffix: blob for file, blob in files.items()}


@cache
def typeset(name: str = SAMPLE.stem) -> bytes:
    """A sample report's PDF as Typst lays it out."""
    return kept(f"typeset-{name}", lambda: _typeset(name))


def _typeset(name: str) -> bytes:
    request = Request(ROOT / "configs" / f"{name}.yaml", ("pdf",), pdf_engine=PdfEngine.TYPST)
    (blob,) = (blob for file, blob in generate(request).files.items() if file.endswith(".pdf"))
    return blob


@cache
def measured_pdf(name: str) -> Examiner:
    """What the format check says of a sample's PDF."""
    return kept(f"measured-{name}", lambda: check_pdf(made(name)[".pdf"], styles()))
