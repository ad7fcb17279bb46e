"""What makes WeasyPrint quick (排版引擎提速) changes no byte, grows with the pages alone, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pydyf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable
from weasyprint.layout import inline
from weasyprint.text import line_break

from reportgen.document import Document
from reportgen.styles import FontRole
from reportgen.temporary import process_folder
from reportgen.writers import pdf_faces
from reportgen.writers.css import local_fonts
from reportgen.writers.fonts import FontSet, find_fonts
from reportgen.writers.html import html_page, page_css
from reportgen.writers.pdf import write_pdf
from reportgen.writers.pdf_warm import few_collections, kept_look, no_system_faces, quick_references
from tests.builders import document, everything, letter, p, row, section, sentences, small, styles, table
from tests.samples import SAMPLES, made


def pdf_of(tree: Document) -> bytes:
    outcome = write_pdf(tree, styles(), find_fonts({}))
    assert outcome.problems == ()
    return outcome.value


def test_warm_and_cold_documents_in_any_order_have_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row("1", "—" * 1_500, sentences(90), "Ab1" * 700)]
    # A mark upon its letter takes no room: such a line holds more letters than are asked for at first.
    marked = "词" + "a" + "\u0301" * 1_200 + "。" + sentences(90)
    texts = ("词" + "AbC" * 700 + "。" + sentences(90), marked)
    long = document(section(*map(p, texts), table((0.1, 0.2, 0.3, 0.4), [], rows)))
    trees = [small(), long, letter(), small()]
    warm = [pdf_of(tree) for tree in trees]
    monkeypatch.setattr(inline, "split_first_line", line_break.split_first_line)
    monkeypatch.setattr("reportgen.writers.pdf.short_lines", lambda: None)
    monkeypatch.setattr(pydyf.PDF, "page_references", property(slow_references))
    monkeypatch.setattr("reportgen.writers.pdf.quick_references", lambda: None)
    monkeypatch.setattr("reportgen.writers.pdf.few_collections", nullcontext)
    monkeypatch.setattr("reportgen.writers.pdf_warm.no_system_faces", nullcontext)
    kept_look.cache_clear()
    cold = [pdf_of(tree) for tree in reversed(trees)]
    assert warm == cold[::-1]


def slow_references(pdf: pydyf.PDF) -> tuple[bytes, ...]:
    """As pydyf has it."""
    return tuple(f"{number} 0 R".encode("ascii") for number in pdf.pages["Kids"][::3])


def test_the_references_to_pages_are_made_once_and_are_those_of_pydyf() -> None:
    quick_references()
    quick_references()
    pdf = pydyf.PDF()
    for count in range(1, 5):
        pdf.add_page(pydyf.Dictionary())
        pdf.add_object(pydyf.Dictionary())
        assert tuple(pdf.page_references) == slow_references(pdf)
        assert len(pdf.page_references) == count
    assert pdf.page_references[0] is pdf.page_references[0]
    assert pydyf.PDF().page_references == []


def test_documents_of_one_look_share_one_parsed_sheet_and_one_set_of_faces() -> None:
    pdf_of(document(section(p("第一份。"))))
    before = kept_look.cache_info()
    pdf_of(document(section(p("另外一份。"))))
    after = kept_look.cache_info()
    assert (after.hits - before.hits, after.misses - before.misses) == (1, 0)


@pytest.mark.row("R12")
def test_the_faces_of_kept_looks_lie_where_a_killed_process_leaves_nothing_behind() -> None:
    kept_look.cache_clear()
    pdf_of(document(section(p("一份。"))))
    home = process_folder()
    assert len([*home.glob("weasyprint-*/*")]) >= 1
    assert Path(tempfile.gettempdir()) == home.parent


def test_more_looks_than_are_kept_may_come_in_turn() -> None:
    # Faces that are not known any more, under CSS that still is, would end the process.
    most = kept_look.cache_parameters()["maxsize"]
    assert most
    looks = [replace(styles(), page_number=replace(styles().page_number, before="—" * n)) for n in range(1, most + 2)]
    tree = document(section(p("一份。")))
    made = [write_pdf(tree, look, find_fonts({})).value for look in (*looks, looks[0])]
    assert made[0] == made[-1]
    assert len(set(made)) == len(looks)


def test_the_css_says_how_wide_each_column_is_and_how_lines_end_without_marks() -> None:
    # Automatic widths and line breaks as elements take four times as long.
    tree, look = everything(), local_fonts(styles())
    assert "table-layout:fixed" in page_css(tree, styles(), look)
    page = html_page(tree, styles(), look, None, apart=False)
    body = page.partition("<tbody>")[2].partition("</table>")[0]
    assert "<br" not in body
    assert page.count("<colgroup>") == page.count("<table")


def test_rubbish_is_looked_for_seldom_and_afterwards_as_before() -> None:
    before = gc.get_threshold()
    with few_collections():
        assert gc.get_threshold()[0] > 10 * before[0]
        with few_collections():
            assert gc.isenabled()
    assert gc.get_threshold() == before
    try:
        gc.set_threshold(0)  # somebody wants none at all
        with few_collections():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)


@pytest.mark.parametrize("before", [None, "/etc/fonts/fonts.conf"])
def test_installed_faces_are_hidden_from_weasyprint_and_from_nobody_else(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before is None:
        monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    else:
        monkeypatch.setenv("FONTCONFIG_FILE", before)
    with no_system_faces():
        rules = Path(os.environ["FONTCONFIG_FILE"]).read_text(encoding="utf-8")
        assert "<dir>" not in rules
    assert os.environ.get("FONTCONFIG_FILE") == before


# ---- size


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_of_a_sample_is_small_beside_the_faces(name: str) -> None:
    blob = made(name)[".pdf"]
    pdf = pypdfium2.PdfDocument(blob)
    pages = len(pdf)
    pdf.close()
    # The parts of six faces, a few hundred letters of each, and the text. A face as a whole adds 5 MB or more.
    assert len(blob) < 600_000 + 12_000 * pages


# ---- faces that the engine cannot cut down

TEXT = document(section(p("只有几个字。")))


def damaged(folder: Path, tag: str, content: bytes) -> FontSet:
    """The faces of this machine, but for 仿宋 one with a table of that content."""
    source = find_fonts({}).roles[FontRole.FANGSONG].face
    with TTFont(source.path, fontNumber=source.index, lazy=True, recalcBBoxes=False) as font:
        font.tables[tag] = table = DefaultTable(tag)
        table.data = content
        font.save(folder / "damaged.otf", reorderTables=None)
    return find_fonts({FontRole.FANGSONG: folder / "damaged.otf"})


def test_a_damaged_table_that_nobody_needs_does_not_make_a_face_go_in_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = damaged(tmp_path, "hdmx", b"\xff" * 100)
    good = write_pdf(TEXT, styles(), fonts)
    assert good.problems == ()
    assert len(good.value) < 100_000
    monkeypatch.setattr(pdf_faces, "prepared", lambda face: face.path.read_bytes())  # what preparing it is for
    assert len(write_pdf(TEXT, styles(), fonts).value) > 1_000_000


@pytest.mark.row("R8")
def test_a_damaged_face_that_goes_in_whole_is_told(tmp_path: Path) -> None:
    outcome = write_pdf(TEXT, styles(), damaged(tmp_path, "gvar", b"\0\1\0\0" + b"\xff" * 30))
    assert [problem.code for problem in outcome.problems] == ["pdf.whole-face"]
    assert "整个放进了 PDF" in outcome.problems[0].what
    assert len(outcome.value) > 1_000_000
