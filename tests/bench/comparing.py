"""How long comparing takes (比对用时): two reports that differ in one cell, as Word files and as PDFs, growing.

usage: .venv/bin/python tests/bench/comparing.py [--rows 131,1000,10000] [--pdf-rows 131,400] [--rounds 3]

The peers of the same run are what one would write by hand: for Word files the text of all paragraphs and cells by
python-docx, and difflib; for PDFs every page drawn twice and subtracted. They tell less: no places in words, no merges,
widths or faces; a picture that differs, and no word of why. Prints CPU seconds, the smallest of the rounds, and how
often as long as ours the peer takes; the growth is the exponent of the rows, 1.00 is in proportion. A size at which the
one changed cell is not all that is told is shown as wrong. Nothing is asserted of the times: machines differ.
"""

from __future__ import annotations

import argparse
import difflib
import io
import math
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import openpyxl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from reportgen.comparison.files.members import Member  # noqa: E402
from reportgen.comparison.files.pair import Done, compare_pair  # noqa: E402
from reportgen.comparison.files.result import Request  # noqa: E402
from reportgen.document import Document  # noqa: E402
from reportgen.ledger.reading import Wants, read_ledger  # noqa: E402
from reportgen.problems import Location  # noqa: E402
from reportgen.styles import StyleSheet  # noqa: E402
from reportgen.template.compose import compose, needed_fields, prepare  # noqa: E402
from reportgen.template.loading import load_config, load_styles, load_template  # noqa: E402
from reportgen.writers.docx import write_docx  # noqa: E402
from reportgen.writers.fonts import find_fonts  # noqa: E402
from reportgen.writers.pdf import write_pdf  # noqa: E402
from tests.bench.growth import CONFIG, numbers, workbook  # noqa: E402

T = TypeVar("T")
SAID = "另有一处已开工。"
# A line of the page pictures is as fine as the page layer looks at it.
DPI = 108
# By hand the cells of a long table take time with its square: minutes at 10,000 rows.
MOST_ROWS_BY_HAND = 1_000


def reports(rows: int) -> tuple[Document, Document, StyleSheet]:
    """The sample's report with so many tasks, and the same with one cell changed in the middle."""
    config, config_source = load_config(CONFIG, CONFIG.name)
    asked = Location(file=CONFIG.name)
    template, source = load_template(config.template, CONFIG.parent, asked)
    styles = load_styles(config.style, CONFIG.parent, asked)[0]
    prepared = prepare(template, source, config, config_source).value
    wants = Wants(needed_fields(prepared))
    blob = workbook(rows)
    first, second = (
        compose(prepared, read_ledger(each, "台账.xlsx", wants).value).value
        for each in (blob, changed(blob, rows // 2))
    )
    return first, second, styles


def changed(blob: bytes, row: int) -> bytes:
    """The ledger with a few words added to the progress of one task."""
    book = openpyxl.load_workbook(io.BytesIO(blob))
    sheet = book["重点任务"]
    column = [str(cell.value) for cell in sheet[1]].index("任务进展情况") + 1
    cell = sheet.cell(row + 2, column)
    cell.value = f"{cell.value}{SAID}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def timed(work: Callable[[], T], rounds: int) -> tuple[float, T]:
    """The smallest CPU time of several rounds, and what came of the last."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return min(times), result


def ours(blobs: tuple[bytes, bytes], suffix: str) -> Done:
    """All that a worker does with the pair, all layers."""
    first, second = (Member(name=f"{name}.{suffix}", blob=blob) for name, blob in zip("甲乙", blobs, strict=True))
    done = compare_pair(first, second, Request(), has_room=True)
    assert isinstance(done, Done)
    return done


def lines(blob: bytes) -> Iterator[str]:
    """Every paragraph and cell of a Word file, as python-docx has it."""
    from docx import Document as open_docx
    from docx.table import Table

    body: Any = open_docx(io.BytesIO(blob))
    for block in body.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield from (cell.text for cell in row.cells)
        else:
            yield block.text


def by_hand(blobs: tuple[bytes, bytes]) -> int:
    """How many lines differ, by python-docx and difflib."""
    found = difflib.unified_diff([*lines(blobs[0])], [*lines(blobs[1])], lineterm="", n=0)
    return sum(line.startswith("+") and not line.startswith("+++") for line in found)


def by_pictures(blobs: tuple[bytes, bytes]) -> int:
    """How many pages differ, drawn and subtracted."""
    import pypdfium2
    from PIL import ImageChops

    differ = 0
    with pypdfium2.PdfDocument(blobs[0]) as first, pypdfium2.PdfDocument(blobs[1]) as second:
        for pair in zip(first, second, strict=False):
            one, other = (page.render(scale=DPI / 72, grayscale=True).to_pil() for page in pair)
            differ += one.size != other.size or ImageChops.difference(one, other).getbbox() is not None
    return differ


def files(rows: int, suffix: str) -> tuple[bytes, bytes]:
    """Both reports of a size as files."""
    first, second, styles = reports(rows)
    if suffix == "docx":
        return write_docx(first, styles).value, write_docx(second, styles).value
    fonts = find_fonts({})
    return write_pdf(first, styles, fonts).value, write_pdf(second, styles, fonts).value


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=numbers, default=[131, 1_000, 10_000])
    parser.add_argument("--pdf-rows", type=numbers, default=[131, 400])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'':6}{'rows':>7}{'ours':>10}{'growth':>8}{'by hand':>10}{'ratio':>8}")
    for suffix, sizes in (("docx", options.rows), ("pdf", options.pdf_rows)):
        before: tuple[int, float] | None = None
        for size in sizes:
            blobs = files(size, suffix)
            rounds = options.rounds if size <= MOST_ROWS_BY_HAND else 1
            ours(blobs, suffix)  # imports are not what is measured
            mine, done = timed(partial(ours, blobs, suffix), rounds)
            told = [each.said for each in done.pair.differences]
            right = len(told) == 1 and SAID[:4] in told[0]
            growth = f"{math.log(mine / before[1]) / math.log(size / before[0]):8.2f}" if before else " " * 8
            line = f"{suffix:6}{size:>7}{mine:>8.2f} s{growth}"
            if suffix == "pdf" or size <= MOST_ROWS_BY_HAND:
                peer, _ = timed(partial(by_pictures if suffix == "pdf" else by_hand, blobs), rounds)
                line += f"{peer:>8.2f} s{peer / mine:8.2f}"
            print(line if right else f"{line}   not the one changed cell: {told}", flush=True)
            before = (size, mine)


if __name__ == "__main__":
    main()
