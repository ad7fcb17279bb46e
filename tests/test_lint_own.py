"""Our own documents hold against the format check (自查): the PDF, the Word file, and LibreOffice's pages of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.document import AnnexEntry, AnnexTitle, Document
from reportgen.generate import Request, generate
from reportgen.lint import lint_file, read_basis
from reportgen.review.findings import Examiner
from reportgen.review.format_docx import check_docx
from reportgen.review.format_pdf import check_pdf
from reportgen.styles import Ruling, StyleSheet
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import find_fonts
from reportgen.writers.pdf import write_pdf
from tests.builders import document, everything, letter, p, row, section, styles, table
from tests.libreoffice import laid_out, needs_libreoffice
from tests.projects import CONFIG, ROOT, ledger, project, task
from tests.samples import SAMPLES, long_ones_later, made, measured_pdf


def told(examiner: Examiner) -> list[str]:
    assert examiner.measures, "nothing was measured"
    return [str(finding) for finding in examiner.findings]


def test_there_is_a_sample_of_every_kind() -> None:
    assert {
        "qingping-2026h1",
        *(f"qingping-{kind}" for kind in ("letterhead", "circular", "bulletin", "letter", "web")),
    } <= {*SAMPLES}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_no_finding_in_its_pdf(name: str) -> None:
    assert told(measured_pdf(name)) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_no_finding_in_its_word_file(name: str) -> None:
    assert told(check_docx(made(name)[".docx"], styles())) == []


# Word's own charts are letters and lines on LibreOffice's pages, which nothing there tells from the text; the report
# with its changes is the first sample with one paragraph more.
BY_LIBREOFFICE = [name for name in SAMPLES if name not in ("qingping-charts", "qingping-changes")]


@needs_libreoffice
@pytest.mark.parametrize("name", long_ones_later(BY_LIBREOFFICE))
def test_a_sample_s_word_file_has_no_finding_as_libreoffice_lays_it_out(name: str) -> None:
    assert told(check_pdf(laid_out(made(name)[".docx"]), styles())) == []


@needs_libreoffice
@pytest.mark.parametrize("tree", [everything(), letter()], ids=["everything", "letter"])
def test_every_block_has_no_finding_as_libreoffice_lays_it_out(tree: Document) -> None:
    assert told(check_pdf(laid_out(write_docx(tree, styles()).value), styles())) == []


def annexed(theme: str) -> Document:
    rows = [row(str(n), "类别甲", f"单位{n}", f"第{n}件事按计划推进，正在收尾。" * 6) for n in range(1, 25)]
    body = replace(table((0.1, 0.2, 0.2, 0.5), [row("序号", "类别", "单位", "进展")], rows), theme=theme)
    return document(section(p("正文一段。")), section(AnnexTitle(entry=AnnexEntry(number=None, name="情况表")), body))


def ruled(sheet: StyleSheet, ruling: Ruling) -> StyleSheet:
    themes = {name: replace(each, table=replace(each.table, ruling=ruling)) for name, each in sheet.themes.items()}
    return replace(sheet, table=replace(sheet.table, ruling=ruling), themes=themes)


@pytest.mark.parametrize("ruling", Ruling, ids=lambda each: each.value)
@pytest.mark.parametrize("theme", ["", *styles().themes])
def test_a_table_of_any_theme_and_ruling_has_no_finding(theme: str, ruling: Ruling) -> None:
    sheet = ruled(styles(), ruling)
    assert told(check_pdf(write_pdf(annexed(theme), sheet, find_fonts({})).value, sheet)) == []
    assert told(check_docx(write_docx(annexed(theme), sheet).value, sheet)) == []


def two_lines(theme: str) -> Document:
    """Cells of one, two and three lines beside each other, each in the middle of its row's height."""
    rows = [row(str(n), "类别甲乙丙丁戊己", f"单位{n}", f"第{n}件事按计划推进，正在收尾。" * 4) for n in range(1, 12)]
    body = replace(table((0.1, 0.1, 0.2, 0.6), [row("序号", "类别", "单位", "进展")], rows), theme=theme)
    return document(section(p("正文一段。")), section(AnnexTitle(entry=AnnexEntry(number=None, name="情况表")), body))


@pytest.mark.parametrize("theme", ["", *styles().themes])
def test_lines_of_neighbouring_cells_are_not_taken_for_one_cell_where_nothing_parts_them(theme: str) -> None:
    sheet = ruled(styles(), Ruling.THREE)
    assert told(check_pdf(write_pdf(two_lines(theme), sheet, find_fonts({})).value, sheet)) == []


def of_words(words: str, count: int) -> Document:
    rows = [row(str(n), "类别甲", f"单位{n}", f"第{n}件事{words}，正在收尾。" * 6) for n in range(1, count)]
    body = table((0.1, 0.2, 0.2, 0.5), [row("序号", "类别", "单位", "进展")], rows)
    return document(section(p("正文一段。")), section(AnnexTitle(entry=AnnexEntry(number=None, name="情况表")), body))


@pytest.mark.parametrize("words", ["方案已印发", "抄送各单位"])
def test_a_table_of_three_lines_that_speaks_of_printing_is_no_imprint(words: str) -> None:
    sheet = ruled(styles(), Ruling.THREE)
    sheet = replace(sheet, table=replace(sheet.table, head_rule_pt=3.0))
    examiner = check_pdf(write_pdf(of_words(words, 12), sheet, find_fonts({})).value, styles())
    assert {finding.rule.value for finding in examiner.findings} == {"table.rules"}


def test_lines_between_two_rules_do_not_tell_the_left_edge() -> None:
    sheet = ruled(styles(), Ruling.THREE)
    sheet = replace(sheet, table=replace(sheet.table, head_rule_pt=0.0))
    examiner = check_pdf(write_pdf(of_words("按计划推进", 6), sheet, find_fonts({})).value, styles())
    found = {finding.rule.value for finding in examiner.findings}
    assert not found & {"page.left", "annex.label", "page-number.inset"}, told(examiner)


@pytest.fixture(scope="module")
def of_the_readme(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, bytes]]:
    """A report with the style of one's own and the changes that the README shows, and its files by suffix."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    own, changes = re.findall(r"```yaml\n# (?:本单位\.yaml|我的配置\.yaml 里)\n(.*?)```", readme, re.S)
    assert "pitch_pt: 28" in own
    assert "style_changes" in changes
    lagging = [
        task(
            f"新建第{n}座公园", 推进情况="推进较为滞后", 报告用语=f"新建第{n}座公园。{'因选址未定，至今没有开工。' * 6}"
        )
        for n in range(1, 25)
    ]
    folder = tmp_path_factory.mktemp("layers")
    config = project(folder, ledger(tasks=[task(), *lagging]), CONFIG + changes)
    (folder / "本单位.yaml").write_text(own, encoding="utf-8")
    files = generate(Request(config, ("docx", "pdf"))).files
    return config, {Path(file).suffix: blob for file, blob in files.items()}


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_a_report_of_the_readme_s_three_layers_has_no_finding_by_the_same_layers(
    of_the_readme: tuple[Path, Mapping[str, bytes]], suffix: str
) -> None:
    config, files = of_the_readme
    path = config.with_name(f"报告{suffix}")
    path.write_bytes(files[suffix])
    checked = lint_file(path, read_basis(str(config)))
    assert checked.format is not None
    assert checked.measures
    assert [str(finding) for finding in checked.findings] == []
