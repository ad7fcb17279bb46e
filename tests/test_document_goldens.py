"""A whole report as golden files that staff can open (真文件比对基准): Word and PDF of the same small tree.

The PDF is compared in text and structure alone: which faces are at hand, and so widths of letters and where lines end,
differs from machine to machine. Its few letters keep the subsets of its faces, and so the file, small.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.document import AnnexEntry, AnnexTitle, Document, Title
from reportgen.testing.goldens import Golden
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import cell, document, h, p, row, section, styles, table

KIB = 1024
FOLDER = Path(__file__).parent / "golden"


def report() -> Document:
    """A body and an annex with spans, in very few different letters."""
    entry = AnnexEntry(number=1, name="办件")
    head = [row("序号", cell("单位", right=2))]
    rows = [row("1", cell("甲办", down=2), "办件49件。"), row("2", "办件50件。"), row("3", cell("乙办", right=2))]
    return document(
        section(Title(lines=("办件",)), h(1, "一、", "单位"), p("甲办、乙办办件99件。")),
        section(AnnexTitle(entry=entry), table((0.2, 0.3, 0.5), head, rows)),
        title="办件",
        issuer="甲办",
    )


def test_a_small_report_is_the_word_file_that_it_was(golden: Golden) -> None:
    golden.check(write_docx(report(), styles()).value, "small-report.docx")


def test_a_small_report_is_the_pdf_that_it_was_in_text_and_structure(golden: Golden) -> None:
    golden.check(write_pdf(report(), styles(), find_fonts({})).value, "small-report.pdf", layer="text,structure")


def test_a_machine_with_other_faces_makes_the_same_pdf_in_text_and_structure(golden: Golden) -> None:
    faces = pytest.importorskip("pylopdf_fonts_zh_cn", reason="faces of another family, an extra of their own")
    fonts = find_fonts({}, [Path(faces.__file__).parent])
    golden.check(write_pdf(report(), styles(), fonts).value, "small-report.pdf", layer="text,structure")


@pytest.mark.parametrize("suffix", ["docx", "pdf"])
def test_the_golden_files_are_small(suffix: str) -> None:
    assert (FOLDER / f"small-report.{suffix}").stat().st_size < 40 * KIB
