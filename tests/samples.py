"""The sample reports and what the format check finds in them (样例报告): each is made once for all tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reportgen.generate import Request, generate
from reportgen.review.findings import Examiner
from reportgen.review.format_pdf import check_pdf
from tests.builders import styles
from tests.kept import kept
from tests.projects import ROOT, SAMPLE

SAMPLES = sorted(path.stem for path in (ROOT / "configs").glob("qingping-*.yaml"))


@cache
def made(name: str = SAMPLE.stem) -> Mapping[str, bytes]:
    """A sample report by suffix."""
    return kept(f"sample-{name}", lambda: _made(name))


def _made(name: str) -> Mapping[str, bytes]:
    files = generate(Request(ROOT / "configs" / f"{name}.yaml", ("docx", "pdf"))).files
    return {Path(file).suffix: blob for file, blob in files.items()}


@cache
def measured_pdf(name: str) -> Examiner:
    """What the format check says of a sample's PDF."""
    return kept(f"measured-{name}", lambda: check_pdf(made(name)[".pdf"], styles()))
