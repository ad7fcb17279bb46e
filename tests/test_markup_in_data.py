"""Markup and template tags in a ledger's cells (数据里的标记): they come out letter for letter, in every format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lxml.html
import pytest

from reportgen.check import check_file
from reportgen.check_files import html_page
from reportgen.compare import Request as Comparison
from reportgen.compare import compare_blobs
from reportgen.generate import Request, generate
from reportgen.pages.comparing import comparison_page
from reportgen.pdf_engine import PdfEngine
from reportgen.review.readback import read_docx, read_html
from reportgen.review.readback_pdf import joined, plain, read_pdf
from tests.projects import CONFIG, goal, project, task
from tests.reliability.tally import Tally

PAYLOADS = (
    "<b>粗</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&amp;&lt;&#60;&", "\"' onmouseover='x",
    "]]>--><!--", "{{ 7*191 }}", "{% for x in y %}", "{# 注 #}", "${7*191}#{7*191}", "\\n\\u0041%s%d{0}", "=1+1",
    "#set page(width: 1pt)", "$x^2$ *b* _i_ `c` @r <l>", "url(file:///etc/passwd)",
)  # fmt: skip
GOAL_COLUMNS = ("预期目标", "责任单位", "进展情况", "报告用语")
TASK_COLUMNS = ("分类", "工作任务", "责任单位", "配合单位", "任务进展情况", "报告用语")
TEMPLATE = """\
version: 1
name: 全部各列
title: 全部各列
body: |
  一、用语
  {% for entry in goals %}
  {{ entry.phrase }}
  {% endfor %}
  {% for entry in tasks %}
  {{ entry.phrase }}
  {% endfor %}
annexes:
  - id: goals
    rows: goals
    title: 目标
    columns:
      - {title: 目标, field: text, width: 1}
      - {title: 单位, field: lead_units, width: 1}
      - {title: 进展, field: progress, width: 1}
  - id: tasks
    rows: tasks
    title: 任务
    columns:
      - {title: 分类, field: category, width: 1}
      - {title: 任务, field: text, width: 1}
      - {title: 单位, field: lead_units, width: 1}
      - {title: 配合, field: support_units, width: 1}
      - {title: 进展, field: progress, width: 1}
"""


def cell(payload: str, row: int, column: int) -> str:
    """A payload with a name of its own for the place where it stands."""
    return f"格{row}之{column}{payload}完"


def records() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A goal and a task for each payload, which stands in every column of them."""
    goals = [
        goal(**{name: cell(each, row, at) for at, name in enumerate(GOAL_COLUMNS)}) for row, each in enumerate(PAYLOADS)
    ]
    tasks = [
        task(**{name: cell(each, row, 10 + at) for at, name in enumerate(TASK_COLUMNS)})
        for row, each in enumerate(PAYLOADS)
    ]
    return goals, tasks


def wanted(*, units: bool) -> list[str]:
    """Every text that must come out: of the columns with names of units, or of all others."""
    columns = [*enumerate(GOAL_COLUMNS), *enumerate(TASK_COLUMNS, 10)]
    chosen = [at for at, name in columns if ("单位" in name) is units]
    return [cell(each, row, at) for row, each in enumerate(PAYLOADS) for at in chosen]


def _letters(text: str) -> str:
    return re.sub(r"[\s⏎/、，,;；]", "", unicodedata.normalize("NFKC", text))


def written(folder: Path) -> Path:
    """The project of that ledger; its configuration."""
    goals, tasks = records()
    (folder / "各列.yaml").write_text(TEMPLATE, encoding="utf-8")
    return project(folder, {"预期目标": goals, "重点任务": tasks}, CONFIG.replace("half-year-report", "各列.yaml"))


@cache
def made() -> Mapping[str, bytes]:
    """The report in every format; its PDF by both engines."""
    with TemporaryDirectory() as name:
        config = written(Path(name))
        files = generate(Request(config, ("docx", "pdf", "html", "txt"))).files
        typst = generate(Request(config, ("pdf",), pdf_engine=PdfEngine.TYPST)).files
    return {**{Path(each).suffix: blob for each, blob in files.items()}, ".typst": typst["报告.pdf"]}


@pytest.mark.row("T4")
@pytest.mark.row("T5")
def test_every_column_comes_out_letter_for_letter_in_every_format(tally: Tally) -> None:
    outline = made()[".txt"].decode().rstrip("\n").split("\n")
    text = "\n".join(outline)
    assert [each for each in wanted(units=False) if text.count(each) != 1] == []
    # Units are names: parted at blanks and strokes, their brackets are those of Chinese. No letter of them is lost.
    assert [each for each in wanted(units=True) if _letters(text).count(_letters(each)) != 1] == []
    assert read_docx(made()[".docx"]) == outline
    assert read_html(made()[".html"]) == outline
    for kind in (".pdf", ".typst"):
        assert joined(read_pdf(made()[kind]), plain(outline)) == plain(outline), kind
    assert "1337" not in text
    tally.survived(len(PAYLOADS) * (len(GOAL_COLUMNS) + len(TASK_COLUMNS)) * 4)


@pytest.mark.row("T4")
def test_pages_for_the_eye_show_it_letter_for_letter_and_make_nothing_of_it(tmp_path: Path, tally: Tally) -> None:
    config = written(tmp_path)
    other = read_docx(made()[".docx"])
    blobs = [("原.txt", "\n".join(other).encode()), ("现.txt", "\n".join(f"{line}改" for line in other).encode())]
    proof = html_page(check_file(config))
    both = comparison_page(compare_blobs(blobs[0], blobs[1], Comparison(keep=True)))
    assert _hidden(both) == []
    # It shows the sentences in which something is found, not all.
    assert len(_hidden(proof)) < len(PAYLOADS)
    for page in (proof, both):
        tree = lxml.html.document_fromstring(page.decode())
        assert {element.tag for element in tree.iter("script", "img", "link", "iframe")} <= {"script"}
        assert "粗" not in [element.text for element in tree.iter("b")]
        assert "alert(1)" not in "".join(script.text or "" for script in tree.iter("script"))
        assert not [name for element in tree.iter() for name in element.attrib if str(name).startswith("on")]
    tally.survived(2 * len(PAYLOADS) - len(_hidden(proof)))


def _hidden(page: bytes) -> list[str]:
    """The payloads that a page does not show letter for letter, blanks aside."""
    shown = "".join("".join(map(str, lxml.html.document_fromstring(page.decode()).itertext())).split())
    return [each for each in PAYLOADS if "".join(each.split()) not in shown]
