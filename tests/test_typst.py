"""The pages of Typst: nothing in a ledger is code there, the grid of GB/T 9704—2012 is exact, all runs are equal."""

from __future__ import annotations

import contextlib
import io
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from reportgen.comparison.pages.page_pictures import page_pictures
from reportgen.document import Document, Heading, Signature, Title
from reportgen.problems import EnvironmentLacking
from reportgen.review.readback_pdf import Kind, Piece, joined, pdf_faces, pdf_pages, plain, read_pdf
from reportgen.styles import POINTS_PER_MM, FontRole
from reportgen.writers import typst
from reportgen.writers.fonts import find_fonts, prepared_letters
from reportgen.writers.fonts_files import write_faces
from reportgen.writers.outline import outline_lines
from reportgen.writers.pdf_faces import covered_faces, embedded_faces
from reportgen.writers.typst_source import typst_source
from tests.builders import AWKWARD, LONG_TOKEN, document, everything, h, p, row, section, sentences, styles, table
from tests.samples import made, typeset

pytest.importorskip("typst")
FONTS = find_fonts({})
STYLES = styles()
RIGHT = (210 - 26) * POINTS_PER_MM


def drawn(tree: Document) -> bytes:
    outcome = typst.write_typst(tree, STYLES, FONTS)
    assert outcome.problems == ()
    return outcome.value


HOSTILE = (
    '#import "@preview/example:0.1.0": *',
    '#read("/etc/passwd")',
    '") + read("/etc/passwd") + ("',
    "}); panic(); {(",
    '甲"乙\\"丙\\\\',
    "\\u{41}\\n\\",
    "$x^2$ *粗* _斜_ `码` <标> @引 // 注 /* 释 */",
    "= 标题 == 标题 - 项 + 项 / 词: 义 ~ --- -- ...",
    "行一\n行二\n\n行四\t制表  两格",
    AWKWARD,
    LONG_TOKEN,
    "",
)


def test_no_text_is_code_wherever_it_stands() -> None:
    blocks = [
        block
        for text in HOSTILE
        for block in (p(text), h(1, "一、", text), h(3, "1.", "短。", text), Title(lines=(text, text)))
    ]
    rows = [row("1", text, text, text) for text in HOSTILE]
    tree = document(section(*blocks), section(table((0.1, 0.2, 0.3, 0.4), [row(*HOSTILE[:4])], rows), turned=True))
    wanted = plain(outline_lines(tree))
    assert joined(read_pdf(drawn(tree)), wanted) == wanted


@pytest.mark.parametrize("word", ["A" * 20_000, "—" * 300, "，" * 300, "（" * 300, "é" * 300, "https" * 99], ids=len)
@pytest.mark.row("R6")
def test_a_word_wider_than_a_line_is_broken_within_the_type_area(word: str) -> None:
    import pypdfium2

    blob = drawn(document(section(p(word))))
    with pypdfium2.PdfDocument(blob) as pdf:
        edges = [shown.get_bounds()[2] for page in pdf for shown in page.get_objects(filter=[1])]
        assert max(edges) < RIGHT + 1
        assert sum(len(re.sub(r"\s", "", page.get_textpage().get_text_range())) for page in pdf) >= len(word)


@pytest.mark.parametrize(
    "code",
    [
        'read("/etc/hosts")',
        'read("../../../../etc/hosts")',
        'image("/etc/hosts")',
        'import "@preview/example:0.1.0": *',
        'import "@local/example:0.1.0": *',
        # A fault of the engine itself, which is no RuntimeError; behind it the process lays out reports as before.
        "table(table.header[], table.header(repeat: false, level: 2)[], table.header(repeat: false, level: 2)[], [], "
        "table.footer[])" + " " * 50_000,
    ],
)
@pytest.mark.row("R7", "refused")
def test_source_that_asks_for_a_file_or_the_network_is_refused_in_words(code: str) -> None:
    covered = covered_faces(document(section(p("甲"))), STYLES, FONTS)
    plan, files = embedded_faces(FONTS, covered)
    faces = tuple(zip((face.family for face in plan.faces), files.values(), strict=True))
    with pytest.raises(EnvironmentLacking) as fault:
        typst._compiled(f"#{{ v(1pt); {code} }}", faces)
    (problem,) = fault.value.problems
    assert problem.code == "pdf.typst-failed"
    assert "pdf_engine: weasyprint" in problem.fix
    assert not re.search("[A-Za-z]{3}", problem.what.replace("Typst", ""))
    assert drawn(document(section(p("甲"))))


def test_a_machine_without_the_library_is_told_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(EnvironmentLacking) as fault:
        drawn(document(section(p("甲"))))
    (problem,) = fault.value.problems
    assert problem.code == "pdf.no-typst"
    assert "pip install" in problem.fix
    assert "weasyprint" in problem.fix


def test_every_element_is_read_back_and_only_our_faces_are_in_the_file() -> None:
    tree = everything()
    blob = drawn(tree)
    wanted = plain(outline_lines(tree))
    assert joined(read_pdf(blob), wanted) == wanted
    ours = {each.face.postscript_name for each in FONTS.roles.values()} | {face.postscript_name for face in FONTS.spare}
    assert {re.sub("-rg(-letters)?(-Identity-H)?$", "", name) for name in pdf_faces(blob)} <= ours


@pytest.mark.row("D4")
def test_the_file_says_what_it_is_and_no_hour() -> None:
    tree = document(section(Title(lines=("关于某事的报告",)), p("甲")))
    with pikepdf.open(io.BytesIO(drawn(tree))) as pdf:
        assert str(pdf.docinfo.Title) == tree.title
        assert str(pdf.docinfo.Author) == tree.issuer
        assert not {"/CreationDate", "/ModDate"} & {*pdf.docinfo.keys()}
        with pdf.open_metadata() as facts:
            assert facts["pdfaid:part"] == "2"
            assert facts["pdfaid:conformance"] == "U"
            assert "xmp:CreateDate" not in facts
            assert "xmp:ModifyDate" not in facts
        assert str(pdf.Root.Lang).startswith("zh")
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["关于某事的报告"]


_AGAIN = """
import hashlib
from tests.builders import everything, styles
from reportgen.writers.fonts import find_fonts, prepared_letters
from reportgen.writers.fonts_files import write_faces
from reportgen.writers.typst import write_typst
print(hashlib.sha256(write_typst(everything(), styles(), find_fonts({})).value).hexdigest())
"""


@pytest.mark.row("D1")
def test_the_same_report_is_the_same_file_in_any_process() -> None:
    import hashlib

    here = hashlib.sha256(drawn(everything())).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "SOURCE_DATE_EPOCH": "1700000000"}
    root = Path(__file__).resolve().parent.parent
    told = subprocess.run([sys.executable, "-c", _AGAIN], env=environment, cwd=root, capture_output=True, text=True)
    assert told.stdout.strip() == here, told.stderr


def test_a_page_has_22_lines_at_exact_pitch_and_a_line_28_characters() -> None:
    text = "一二三四五六七八九十" * 70
    pages = pdf_pages(drawn(document(section(p(text)))))
    heights = [height for height in pages[0].baselines if height > 35 * POINTS_PER_MM]
    assert len(heights) == STYLES.page.lines
    assert {round(above - below, 1) for above, below in pairwise(heights)} <= {28.9, 29.0}
    # One text, and one that runs on behind a heading in another face.
    for tree in (document(section(p(text))), document(section(h(2, "（一）", "逐项定时限。", text)))):
        lines = pdf_pages(drawn(tree))[0].text.split()
        assert len(lines[0]) == 26
        assert {len(line) for line in lines[1:20]} == {28}


@pytest.mark.parametrize("before", range(9, 20))
@pytest.mark.parametrize("closing", ["特此报告。", "一二三四五六七八九十" * 15])
def test_a_signature_never_stands_on_a_page_without_text(before: int, closing: str) -> None:
    lines = [p(f"第{number}行。") for number in range(before)]
    tree = document(section(*lines, p(closing), Signature(issuers=("某督查室",), date="2026年7月10日")))
    pages = pdf_pages(drawn(tree))
    (place,) = (page for page in pages if "某督查室" in page.text)
    assert "2026年7月10日" in place.text
    assert place.text.lstrip().startswith("第0行") or len(place.text.split("某督查室")[0].strip()) >= 5
    assert len(pages) <= 2


def test_source_holds_texts_only_as_strings() -> None:
    covered = covered_faces(document(section(p("甲"))), STYLES, FONTS)
    plan, _ = embedded_faces(FONTS, covered)
    source = typst_source(document(section(p('甲"乙\\丙\n丁'))), STYLES, plan)
    assert 't_body({"甲\\"乙\\\\丙"; linebreak(); "丁"})' in source


@pytest.mark.row("R3")
def test_a_long_report_does_not_stay_in_memory() -> None:
    def megabytes() -> float:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    if not Path("/proc/self/statm").exists():
        pytest.skip("only Linux tells")

    def long(number: int) -> Document:
        return document(section(*(p(f"{number}之{each}：" + sentences(12)) for each in range(150))))

    drawn(long(0))
    drawn(long(1))
    before = megabytes()
    for number in range(2, 8):
        drawn(long(number))
    assert megabytes() - before < 40


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_a_process_forked_behind_a_compilation_fails_at_once_and_does_not_wait_without_end() -> None:
    tree = document(section(p("甲")))
    drawn(tree)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(RuntimeError):
            drawn(tree)
            os._exit(1)
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def _texts(pieces: list[Piece]) -> Iterator[str]:
    return (text for piece in pieces if piece.kind is Kind.TEXT for text in piece.texts)


@pytest.mark.row("R1")
def test_reports_that_threads_ask_for_at_the_same_time_are_made_one_after_the_other() -> None:
    trees = [document(section(p(f"第{number}份。" * 300))) for number in range(4)]
    alone = [drawn(tree) for tree in trees]
    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(drawn, trees * 2)] == alone * 2


def test_a_heading_that_text_runs_on_behind_is_one_paragraph() -> None:
    tree = document(section(Heading(level=3, label="1.", text="抓项目。", body="逐项推进。")))
    assert "1.抓项目。逐项推进。" in set(_texts(read_pdf(drawn(tree))))


@pytest.mark.row("S2")
def test_a_face_that_a_full_disk_cut_off_is_written_again(tmp_path: Path) -> None:
    faces = (("Letters", prepared_letters(FONTS.roles[FontRole.LATIN].face)),)
    (whole,) = write_faces(faces, tmp_path / "roomy")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_faces(faces, tmp_path / "full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    (again,) = write_faces(faces, tmp_path / "full")
    assert (again / "face.otf").read_bytes() == (whole / "face.otf").read_bytes()


def test_on_a_screen_the_two_rules_of_a_letter_are_as_thick_as_those_of_the_other_engine() -> None:
    def ink(blob: bytes) -> float:
        """How many dots are drawn, one below the other, at the foot of the first page."""
        (picture,) = page_pictures(blob, [1], 108)
        middle, height = picture.width // 2, picture.height
        foot = picture.convert("RGB").crop((middle, height * 9 // 10, middle + 1, height))
        return sum(255 - green for green in foot.getchannel("G").tobytes()) / 255

    assert ink(typeset("qingping-letter")) == pytest.approx(ink(made("qingping-letter")[".pdf"]), abs=1.2)


@pytest.mark.row("R10")
def test_no_letter_is_left_out_where_the_faces_have_gone_before_they_were_drawn_with() -> None:
    tree = document(section(p("丁戊己，456")))
    plan, files = embedded_faces(FONTS, covered_faces(tree, styles(), FONTS))
    typst._compiler.cache_clear()
    _, written = typst._compiler(tuple(zip((face.family for face in plan.faces), files.values(), strict=True)))
    for file in written:
        shutil.rmtree(file.parent)
    assert "丁戊己，456" in set(_texts(read_pdf(drawn(tree))))
