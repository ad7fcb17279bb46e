"""Any text of a ledger (任意的台账文字) comes out of every file as it went in; what cannot is refused with its cell."""

from __future__ import annotations

import io
import json
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from reportgen.document import Document
from reportgen.generate import Request, generate
from reportgen.ledger.model import Entry, Ledger
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import ReportError
from reportgen.review.readback import read_docx, read_html
from reportgen.review.readback_pdf import Piece, joined, plain, read_pdf
from reportgen.source import clean_text
from reportgen.writers.docx import write_docx
from reportgen.writers.html import write_html
from reportgen.writers.typst_text import literal
from tests.builders import cell, document, p, row, section, styles, table
from tests.odd_texts import ANY_CHARACTER, as_drawn, drawable, ledgers, texts
from tests.projects import ledger, project
from tests.reliability.tally import Tally
from tests.walks import W, page_text, word_text

DRAWN = texts(st.deferred(lambda: st.sampled_from(drawable())), rare=False)
ODD = texts(ANY_CHARACTER, rare=True)
FIELDS = {
    "工作任务": "text",
    "预期目标": "text",
    "分类": "category",
    "任务进展情况": "progress",
    "进展情况": "progress",
}


# ---- C1: all code points


def _blocks(step: int, size: int) -> Iterator[str]:
    for start in range(0, 0x110000, step):
        yield "".join(map(chr, range(start, start + size)))


def _word_texts(blob: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    yield from map(word_text, root.iter(W + "p"))


def _typst_text(source: str) -> str:
    """What a string of Typst says: four escapes are all that its language has."""
    assert re.fullmatch(r'"(?:[^"\\\x00-\x1f\x7f]|\\(?:["\\]|u\{[0-9a-f]+\}))*"', source)
    escape = r"\\(?:([\"\\])|u\{([0-9a-f]+)\})"
    return re.sub(escape, lambda found: found[1] or chr(int(found[2], 16)), source[1:-1])


@pytest.mark.row("C1")
@pytest.mark.parametrize(
    ("step", "size"),
    [
        # Both ends of every block of 4,096, where the odd ones stand, and the lower planes whole in a release.
        (0x1000, 0x80),
        (0x1000 - 0x80, 0x80),
        pytest.param(0x400, 0x400, marks=pytest.mark.campaign),
    ],
)
def test_every_code_point_is_told_or_goes_through_all_writers(step: int, size: int, tally: Tally) -> None:
    refused = kept = 0
    wanted: list[str] = []
    for raw in _blocks(step, size):
        clean, invisible, illegal = clean_text(raw)
        left = {code for code in raw if code not in clean} - set(invisible) - set(illegal)
        assert left <= set("\r\x0b\x0c\x85\u2028\u2029\xa0"), [hex(ord(one)) for one in left]
        refused, kept = refused + len(invisible) + len(illegal), kept + len(raw) - len(invisible) - len(illegal)
        # A title or a heading breaks its lines where the text does; a cell has a paragraph for each line.
        wanted += clean.split("\n")
    tree = document(
        section(*map(p, wanted), table((0.2, 0.8), [row("序号", "文字")], [row("1", cell(*wanted))])),
        title=wanted[0],
    )
    shown = list(_word_texts(write_docx(tree, styles()).value))
    assert shown[: len(wanted)] == wanted
    assert shown[-len(wanted) - 1 : -1] == wanted
    page = html.document_fromstring(write_html(tree, styles()).value.decode(), parser=html.HTMLParser(huge_tree=True))
    found = [page_text(each) for each in page.iter("p")]
    # A browser takes U+000A and the like for what they are, so that nothing else may be in the page either.
    assert found[: len(wanted)] == wanted
    for text in wanted:
        assert _typst_text(literal(text)) == text
    tally.survived(kept)
    tally.refused(refused)


# ---- P1: whole ledgers


@dataclass(frozen=True)
class Made:
    """A report that was made of odd texts (做成的报告)."""

    files: Mapping[str, bytes]
    ledger: Ledger
    tree: Document

    @property
    def lines(self) -> list[str]:
        """The outline."""
        return self.files["txt"].decode().rstrip("\n").split("\n")


def made_of(data: Any, formats: tuple[str, ...], engine: PdfEngine | None = None) -> Made:
    """The report of a ledger by the one road."""
    seen: list[Any] = []
    with tempfile.TemporaryDirectory(prefix="reportgen-any-") as folder:
        request = Request(project(Path(folder), data), (*formats, "txt"), pdf_engine=engine)
        files = generate(request, seen=lambda tree, inputs: seen.extend((tree, inputs.ledger))).files
    return Made({name.rpartition(".")[2]: blob for name, blob in files.items()}, seen[1], seen[0])


def _ink(text: str) -> str:
    return "".join(clean_text(text)[0].split())


def _records(data: Any) -> list[dict[str, str]]:
    return [record for name in ("预期目标", "重点任务") for record in data.get(name, ())]


def assert_typed(data: Any, made: Made) -> None:
    """What somebody typed is what the ledger has, and each of its cells is in the annexes of the Word file."""
    entries: list[Entry] = [*made.ledger.goals, *made.ledger.tasks]
    for record, entry in zip(_records(data), entries, strict=True):
        for name, field in FIELDS.items():
            # An empty category is that of the entry above, and that is told.
            if name in record and (record[name] or field != "category"):
                assert _ink(getattr(entry, field)) == _ink(record[name])
    with zipfile.ZipFile(io.BytesIO(made.files["docx"])) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    rows = [[[word_text(each) for each in tc.iter(W + "p")] for tc in tr] for tr in root.iter(W + "tr")]
    for entry in entries:
        lines = [entry.text.split("\n"), entry.progress.split("\n")]
        assert sum(lines[0] in tr and lines[1] in tr for tr in rows) == 1, entry.text
    for entry in made.ledger.tasks:
        if entry.phrase and entry.judgement == "推进较为滞后":
            # Each of its lines is a paragraph of the body.
            body = _ink("".join(made.lines))
            assert [line for line in entry.phrase.split("\n") if _ink(line) not in body] == []


def assert_refused_in_its_cell(fault: ReportError, data: Any) -> None:
    """Only for a character that stands in a cell which the problem names."""
    for problem in fault.problems:
        if problem.severity.value == "warning":
            continue
        assert problem.where is not None
        found = re.fullmatch(r"(预期目标|重点任务)\[(\d+)\]\.(\w+)", problem.where.key or "")
        if found:
            value = data[found[1]][int(found[2])][found[3]]
        else:  # YAML itself has no place for it, and its reader knows lines only
            assert problem.code == "text.syntax", str(problem)
            value = json.dumps(data, ensure_ascii=False, indent=1).split("\n")[(problem.where.line or 0) - 1]
        codes = re.findall(r"U\+([0-9A-F]{4,6})", problem.what)
        assert problem.code in ("fonts.no-glyph", "text.private-character", "text.illegal", "text.syntax"), str(problem)
        assert codes, problem.what
        assert all(chr(int(code, 16)) in value for code in codes), str(problem)
        assert re.search("[\u4e00-\u9fff]", problem.fix)


def _files_say_what_was_typed(data: Any, tally: Tally) -> None:
    try:
        made = made_of(data, ("docx", "html"))
    except ReportError as fault:
        assert_refused_in_its_cell(fault, data)
        tally.refused()
        return
    assert_typed(data, made)
    assert read_docx(made.files["docx"]) == made.lines
    assert read_html(made.files["html"]) == made.lines
    tally.survived()


def _as_drawn(pieces: list[Piece]) -> list[tuple[Any, ...]]:
    return [(each.kind, tuple(map(as_drawn, each.texts)), each.right) for each in pieces]


def _pages_say_what_was_typed(data: Any, tally: Tally) -> None:
    for engine in PdfEngine:
        try:
            made = made_of(data, ("pdf",), engine)
        except ReportError as fault:
            assert_refused_in_its_cell(fault, data)
            tally.refused()
            continue
        wanted = plain(made.lines)
        assert _as_drawn(joined(read_pdf(made.files["pdf"]), wanted)) == _as_drawn(wanted), engine
        tally.survived()


_SLOW = settings(
    deadline=None,
    database=None,
    # A ledger is small enough to be read as it is, and making it smaller takes minutes.
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.row("P1")
@pytest.mark.parametrize("examples", [25, pytest.param(1_000, marks=pytest.mark.campaign)])
def test_any_ledger_comes_out_of_word_file_and_web_page_letter_for_letter(examples: int, tally: Tally) -> None:
    @settings(_SLOW, max_examples=examples)
    @given(ledgers(ODD))
    def law(data: Any) -> None:
        _files_say_what_was_typed(data, tally)

    law()


@pytest.mark.row("P1")
@pytest.mark.parametrize(("examples", "most"), [(2, 6), pytest.param(150, 8, marks=pytest.mark.campaign)])
def test_any_ledger_that_can_be_drawn_comes_out_of_both_engines_pages(examples: int, most: int, tally: Tally) -> None:
    @settings(_SLOW, max_examples=examples)
    @given(ledgers(DRAWN, most))
    def law(data: Any) -> None:
        _pages_say_what_was_typed(data, tally)

    law()


@pytest.mark.row("P1", "refused")
@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.campaign)])
def test_what_no_face_draws_is_refused_with_its_cell_and_nothing_else_is(examples: int, tally: Tally) -> None:
    @settings(_SLOW, max_examples=examples)
    @given(ledgers(ODD, 2))
    def law(data: Any) -> None:
        _pages_say_what_was_typed(data, tally)

    law()


@pytest.mark.row("P1", "refused")
def test_what_a_ledger_may_not_hold_is_refused_in_its_cell_whichever_field_it_is(tally: Tally) -> None:
    fields = cycle(("工作任务", "任务进展情况", "分类", "报告用语"))
    for field, odd in zip(fields, ("\x07", "\x1b", "\x7f", "\x9f", "\ufffe", "\x00"), strict=False):
        data = ledger()
        data["重点任务"][0][field] = f"前{odd}后"
        with pytest.raises(ReportError) as fault:
            made_of(data, ("docx",))
        assert_refused_in_its_cell(fault.value, data)
        tally.refused()


def test_texts_are_odd_enough() -> None:
    """What the strategies may draw: all general categories but those that a ledger refuses or a text is cleaned of."""
    kinds = {unicodedata.category(one) for one in drawable()}
    assert {"Lo", "Ll", "Lu", "Nd", "No", "So", "Sm", "Po", "Ps", "Pe", "Pd", "Sc", "Mn"} <= kinds
    assert len(drawable()) > 7_000
    assert as_drawn("⼈") in ("人", "⼈")
