"""Faults planted in a small clean document, one at one place, and what the format check finds in the PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from reportgen.document import (
    Addressee,
    AnnexEntry,
    AnnexList,
    AnnexTitle,
    Document,
    Section,
    Signature,
    Table,
    Title,
)
from reportgen.review.findings import Examiner
from reportgen.review.format_pdf import check_pdf
from reportgen.styles import Align, FontRole, StyleSheet, TextRole, TextStyle
from reportgen.writers.css import FontPlan
from reportgen.writers.fonts import FontSet, find_fonts
from reportgen.writers.html import html_page, page_css
from reportgen.writers.pdf import write_pdf
from reportgen.writers.typst import write_typst
from tests.builders import document, everything, h, p, row, section, styles, table

ENTRIES = (
    AnnexEntry(number=1, name="重点工作任务进展情况表"),
    AnnexEntry(number=2, name="经济社会发展预期目标任务上半年进展情况以及下半年工作安排建议汇总表"),
)
ISSUER = "测试区人民政府督查室"
WORDS = "全区各镇街各部门对照目标逐项推进工作台账按月更新督查室实地核查结果如实反映"


def annex_table(rows: int) -> Table:
    progress = "已完成前期工作，正在按计划推进。" * 4
    body = [row(str(n), "民生", f"单位{'一二三四五'[n % 5]}", progress) for n in range(1, rows + 1)]
    return table((0.1, 0.15, 0.2, 0.55), [row("序号", "类别", "责任单位", "进展情况")], body)


def clean() -> Document:
    """Two and a half pages of text, an annex over two pages, a landscape annex (干净样本)."""
    text = (WORDS * 12 + "。").replace("台账按月", "“台账”按月", 1)
    return document(
        section(
            Title(lines=("测试区人民政府督查室", "关于上半年重点工作推进情况的报告")),
            Addressee(text="区政府："),
            p(text),
            h(1, "一、", "总体情况"),
            p(f"至6月底，已完成120项。{WORDS * 6}。"),
            h(2, "（一）", "主要做法"),
            h(3, "1.", "明确责任。", f"{WORDS * 2}。"),
            h(4, "（1）", "按月调度。", f"{WORDS * 2}。"),
            p(f"{WORDS * 6}。"),
            AnnexList(entries=ENTRIES),
            Signature(issuers=(ISSUER,), date="2026年7月1日"),
        ),
        section(AnnexTitle(entry=ENTRIES[0]), annex_table(26)),
        section(AnnexTitle(entry=ENTRIES[1]), annex_table(4), turned=True),
        title="测试报告",
        issuer="测试区人民政府督查室",
    )


@cache
def fonts() -> FontSet:
    return find_fonts({})


@cache
def fonts_with_latin_song() -> FontSet:
    """The Latin face as the face of the page number, so that it can draw “ ” in the HTML."""
    return find_fonts({FontRole.SONG: Path(fonts().roles[FontRole.LATIN].face.path)})


def render(tree: Document, sheet: StyleSheet, edit: Callable[[str], str], faces: FontSet) -> bytes:
    """The tree through our own writer, with the page's HTML and CSS changed on the way."""
    with pytest.MonkeyPatch.context() as patch:
        # Our writer refuses the bold face that WeasyPrint makes up by the rules of the system; here it is wanted.
        patch.setattr("reportgen.writers.pdf.refuse_foreign", lambda *_: None)
        patch.setattr("reportgen.writers.pdf_warm.no_system_faces", nullcontext)

        def edited(document: Document, sheet: StyleSheet, plan: FontPlan, _: None, *, apart: bool) -> str:
            return edit(html_page(document, sheet, plan, page_css(document, sheet, plan), apart=apart))

        patch.setattr("reportgen.writers.pdf.page_css", lambda *_: "")
        patch.setattr("reportgen.writers.pdf.html_page", edited)
        return write_pdf(tree, sheet, faces).value


def rules(examiner: Examiner) -> set[str]:
    return {finding.rule.value for finding in examiner.findings}


@dataclass(frozen=True)
class Fault:
    """One thing planted: in the tree, in the style sheet, or in the HTML (each text is replaced once)."""

    rules: set[str]
    html: Mapping[str, str] = field(default_factory=dict)
    style: Callable[[StyleSheet], StyleSheet] = lambda sheet: sheet
    tree: Callable[[Document], Document] = lambda tree: tree
    latin_quotes: bool = False


def text(role: TextRole, **values: Any) -> Callable[[StyleSheet], StyleSheet]:
    """The style sheet with one text style changed."""

    def changed(sheet: StyleSheet) -> StyleSheet:
        style: TextStyle = replace(sheet.text[role], **values)
        return replace(sheet, text={**sheet.text, role: style})

    return changed


def number(**values: Any) -> Callable[[StyleSheet], StyleSheet]:
    return lambda sheet: replace(sheet, page_number=replace(sheet.page_number, **values))


def tables(**values: Any) -> Callable[[StyleSheet], StyleSheet]:
    return lambda sheet: replace(sheet, table=replace(sheet.table, **values))


def blocks(old: type, new: Callable[[Any], Any]) -> Callable[[Document], Document]:
    """The tree with every block of a kind changed."""

    def changed(tree: Document) -> Document:
        sections = [
            Section(
                orientation=each.orientation,
                blocks=tuple(new(block) if isinstance(block, old) else block for block in each.blocks),
            )
            for each in tree.sections
        ]
        return replace(tree, sections=tuple(sections))

    return changed


def head(level: int, label: str) -> Callable[[Document], Document]:
    """The tree with another mark on the headings of a level."""
    return blocks(type(h(1, "", "")), lambda b: replace(b, label=label) if b.level == level else b)


def date(text: str) -> Callable[[Document], Document]:
    """The tree with another date."""
    return blocks(Signature, lambda b: replace(b, date=text))


def signed(issuer: str, issuer_pt: float, date_pt: float) -> dict[str, str]:
    """The signature by another name, both lines so far from the right edge."""
    places = {"issuer": issuer_pt, "date": date_pt}
    css = "".join(f".{name}{{padding-right:{inset}pt!important}}" for name, inset in places.items())
    return {
        "<style>": f"<style>{css}",
        f">{ISSUER}</p>": f">{issuer}</p>",
    }


T = TextRole
MARGINS = "margin:37mm 26mm 35mm 28mm"
FAULTS: Mapping[str, Fault] = {
    # Page and grid.
    "paper taller": Fault({"page.paper"}, {"size:210mm 297mm": "size:210mm 300mm"}),
    # A margin moves a whole edge; the other edge goes with it if the width stays.
    "text area 3 mm further right": Fault({"page.left", "page.right"}, {MARGINS: "margin:37mm 23mm 35mm 31mm"}),
    # A narrower text area has fewer characters on a line.
    "left margin wider": Fault({"page.left", "grid.characters"}, {MARGINS: "margin:37mm 26mm 35mm 33mm"}),
    "right margin wider": Fault({"page.right", "grid.characters"}, {MARGINS: "margin:37mm 37mm 35mm 28mm"}),
    # The table that goes on begins at the upper edge, too.
    "top margin smaller": Fault({"page.top", "table.width"}, {MARGINS: "margin:35mm 26mm 35mm 28mm"}),
    # The number keeps its distance to the edge that has moved.
    "bottom margin wider": Fault({"grid.lines", "page-number.place"}, {MARGINS: "margin:37mm 26mm 40mm 28mm"}),
    # A line more on each page; the number moves with the edge.
    "bottom margin smaller": Fault(
        {"grid.lines", "page.bottom", "page-number.place"}, {MARGINS: "margin:37mm 26mm 25mm 28mm"}
    ),
    "pitch of 28 points": Fault({"grid.pitch"}, {".body{": ".body{line-height:28pt!important;"}),
    # Thirty points are the commonest other pitch: they cost a line.
    "pitch of 30 points": Fault({"grid.pitch", "grid.lines"}, {".body{": ".body{line-height:30pt!important;"}),
    "letters not packed to the grid": Fault({"grid.characters"}, {".body{": ".body{letter-spacing:0!important;"}),
    "running head": Fault(
        {"page.outside"},
        {"@page :left{": '@page :left{@top-center{content:"内部资料";font:16pt "FandolFang-Regular-rg"}'},
    ),
    "a word beyond the right edge": Fault(
        {"page.outside"}, {'">区政府：': f'" style="white-space:nowrap">{"各镇街、各部门、" * 4}：'}
    ),
    # Letters.
    "body in 宋体": Fault({"text.face"}, style=text(T.BODY, font=FontRole.SONG)),
    "title in 黑体": Fault({"text.face"}, style=text(T.TITLE, font=FontRole.HEI)),
    "level 1 in 楷体": Fault({"text.face"}, style=text(T.HEADING_1, font=FontRole.KAI)),
    "level 2 in 仿宋": Fault({"text.face"}, style=text(T.HEADING_2, font=FontRole.FANGSONG)),
    "run-in level 3 in 黑体": Fault({"text.face"}, style=text(T.HEADING_3, font=FontRole.HEI)),
    "annex label in 仿宋": Fault({"text.face"}, style=text(T.ANNEX_LABEL, font=FontRole.FANGSONG)),
    "table text in 宋体": Fault({"text.face"}, style=text(T.TABLE_CELL, font=FontRole.SONG)),
    "table head in 仿宋": Fault({"text.face"}, style=text(T.TABLE_HEAD, font=FontRole.FANGSONG)),
    "page number in 仿宋": Fault({"text.face"}, style=text(T.PAGE_NUMBER, font=FontRole.FANGSONG)),
    "quotes in the Latin face": Fault(
        {"text.marks"},
        {"“台账”": "<span style=\"font-family:'LiberationSerif-rg'\">“</span>台账”"},
        latin_quotes=True,
    ),
    "digits in 黑体": Fault({"text.latin-face"}, {"120": "<b style=\"font:16pt 'FandolHei-Regular-rg'\">120</b>"}),
    "bold heading": Fault({"text.bold"}, {".heading-1{": ".heading-1{font-weight:bold!important;"}),
    "body in 小三": Fault({"text.size"}, style=text(T.BODY, size_pt=15.0)),
    "title in 小一": Fault({"text.size"}, style=text(T.TITLE, size_pt=24.0)),
    "annex title in 二号": Fault({"text.size"}, style=text(T.ANNEX_TITLE, size_pt=22.0)),
    "table text in 小四": Fault({"text.size"}, style=text(T.TABLE_CELL, size_pt=12.0)),
    "page number in 小四": Fault({"text.size"}, style=text(T.PAGE_NUMBER, size_pt=12.0)),
    "blue heading": Fault({"text.color"}, {".heading-1{": ".heading-1{color:#0000ff!important;"}),
    "grey page number": Fault(
        {"text.color"}, {"@page :right{@bottom-right{": "@page :right{@bottom-right{color:#888!important;"}
    ),
    # Paragraphs.
    "title at the left": Fault({"paragraph.align"}, style=text(T.TITLE, align=Align.LEFT)),
    "annex title at the left": Fault({"paragraph.align"}, style=text(T.ANNEX_TITLE, align=Align.LEFT)),
    "addressee two characters in": Fault({"paragraph.align"}, style=text(T.ADDRESSEE, first_line_chars=2.0)),
    "table head at the left": Fault({"paragraph.align"}, style=text(T.TABLE_HEAD, align=Align.LEFT)),
    "no indent": Fault({"paragraph.indent"}, style=text(T.BODY, first_line_chars=0.0)),
    "wrapped lines one character in": Fault(
        {"paragraph.hanging"}, {'"body">至6': '"body" style="padding-left:15.6pt;text-indent:16pt">至6'}
    ),
    "addressee right below the title": Fault({"paragraph.space"}, style=text(T.TITLE, after_lines=0.0)),
    "annex list right below the text": Fault({"paragraph.space"}, style=text(T.ANNEX_LIST, before_lines=0.0)),
    "half a line above a heading": Fault({"paragraph.space"}, style=text(T.HEADING_2, before_lines=0.5)),
    "title lines too far apart": Fault({"paragraph.pitch"}, style=text(T.TITLE, pitch_pt=36.0)),
    "table lines too far apart": Fault({"paragraph.pitch"}, style=text(T.TABLE_CELL, pitch_pt=18.0)),
    "1、 for 1.": Fault({"heading.mark"}, tree=head(3, "1、")),
    "（一）、 for （一）": Fault({"heading.mark"}, tree=head(2, "（一）、")),
    "（一）， for （一）": Fault({"heading.mark"}, tree=head(2, "（一），")),
    "(1) for （1）": Fault({"heading.mark"}, tree=head(4, "(1)")),
    # Elements.
    "title of four lines": Fault(
        {"title.lines"}, tree=blocks(Title, lambda b: replace(b, lines=("补充", *b.lines, "稿")))
    ),
    "annex label with a colon": Fault({"annex.label-form"}, {">附件1<": ">附件1：<"}),
    "annex label with a leading zero": Fault({"annex.label-form"}, {">附件1<": ">附件01<"}),
    "annex label two characters in": Fault({"annex.label"}, style=text(T.ANNEX_LABEL, first_line_chars=2.0)),
    "annex label in line 2": Fault(
        {"annex.label"}, {'annex-label">附件1': 'annex-label" style="padding-top:28.95pt">附件1'}
    ),
    "annex title in line 2": Fault({"annex.title-line"}, style=text(T.ANNEX_TITLE, before_lines=0.0)),
    "annex list with a stop": Fault({"annex-list.form"}, {f"1.{ENTRIES[0].name}": f"1.{ENTRIES[0].name}。"}),
    "annex list with a mark inside its brackets": Fault(
        {"annex-list.form"}, {f"1.{ENTRIES[0].name}": f"1.《{ENTRIES[0].name[:-1]}》"}
    ),
    "annex list with 1、": Fault({"annex-list.form"}, {f"附件：1.{ENTRIES[0].name}": f"附件：1、{ENTRIES[0].name}"}),
    "signature at the edge": Fault({"signature.place"}, signed("测试区督查室", 30.9, 0)),
    "date under the issuer": Fault({"signature.place"}, {"<style>": "<style>.date{padding-right:94.8pt!important}"}),
    "date of no calendar": Fault({"signature.date-form"}, tree=date("2026年13月5日")),
    "date with leading zeros": Fault({"signature.date-form"}, tree=date("2026年07月01日")),
    "date not four characters in under a centred issuer": Fault({"signature.seal"}, signed("督查室", 54.9, 31.6)),
    "note in half-width brackets": Fault(
        {"note.form"}, {"2026年7月1日</p>": '2026年7月1日</p><p class="note">(此件公开发布)</p>'}
    ),
    "annex names not under each other": Fault(
        {"paragraph.hanging"}, {f"2.{ENTRIES[1].name}": f"　2.{ENTRIES[1].name}"}
    ),
    # Page numbers.
    "no page number on even pages": Fault({"page-number.missing"}, {"@page :left{": "@page :first:left{"}),
    "even number at the right": Fault(
        {"page-number.side"}, {"@page :left{@bottom-left{": "@page :left{@bottom-right{padding-right:14pt;"}
    ),
    "number too low": Fault({"page-number.place"}, style=number(below_mm=10.0)),
    "number at the very edge": Fault({"page-number.inset"}, style=number(inset_chars=0.0)),
    "number without dashes": Fault({"page-number.form"}, style=number(before="", after="")),
    "two numbers left out": Fault(
        {"page-number.order"}, {"@page landscape{": "@page landscape{counter-increment:page 3;"}
    ),
    "turned number at the other end": Fault(
        {"page-number.side"},
        {"@left-bottom{": "@left-top{", "right;padding-right:14pt;transform": "left;padding-left:14pt;transform"},
    ),
    # Tables.
    "table wider than the text": Fault({"table.width"}, {"table{width:100%": "table{width:103%"}),
    "head only on the first page": Fault({"table.head"}, {"<style>": "<style>thead{display:table-row-group}"}),
    "short rows split": Fault({"table.rows"}, {"tr.keep{break-inside:avoid}": "", "orphans:3;widows:3": ""}),
    "rules too thick": Fault({"table.rules"}, style=tables(rule_pt=1.5)),
    "frame too thick": Fault({"table.rules"}, style=tables(frame_pt=2.25)),
}


@cache
def clean_pdf() -> bytes:
    return render(clean(), styles(), lambda page: page, fonts())


def test_nothing_is_found_in_the_clean_twin():
    assert [str(finding) for finding in check_pdf(clean_pdf(), styles()).findings] == []


def test_there_are_enough_faults():
    assert len(FAULTS) >= 40


def test_the_place_of_a_seal_is_right_as_well():
    def edit(page: str) -> str:
        for old, new in signed("督查室", 86.5, 63.2).items():
            page = page.replace(old, new, 1)
        return page

    blob = render(clean(), styles(), edit, fonts())
    assert [str(finding) for finding in check_pdf(blob, styles()).findings] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_and_nothing_else(name):
    fault = FAULTS[name]

    def edit(page: str) -> str:
        for old, new in fault.html.items():
            assert old in page
            page = page.replace(old, new, 1)
        return page

    tree, sheet = fault.tree(clean()), fault.style(styles())
    if fault.html:
        blob = render(tree, sheet, edit, fonts_with_latin_song() if fault.latin_quotes else fonts())
    else:  # the quicker engine, whose pages are measured as well
        blob = write_typst(tree, sheet, fonts()).value
    examiner = check_pdf(blob, styles())
    assert rules(examiner) == fault.rules, [str(finding) for finding in examiner.findings]


@pytest.mark.parametrize("pitch", [26.0, 28.0, 30.0])
def test_a_pitch_that_the_style_sheet_gives_the_body_is_right_and_any_other_wrong(pitch: float):
    own = text(T.BODY, pitch_pt=pitch)(styles())
    blob = render(clean(), own, lambda page: page, fonts())
    assert [str(finding) for finding in check_pdf(blob, own).findings] == []
    assert "grid.pitch" in rules(check_pdf(blob, styles()))
    assert "grid.pitch" in rules(check_pdf(clean_pdf(), own))


def test_a_face_that_is_not_embedded_is_found():
    with pikepdf.open(io.BytesIO(clean_pdf())) as pdf:
        face = next(each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontFile3" in each)
        del face["/FontFile3"]
        blob = io.BytesIO()
        pdf.save(blob)
    assert rules(check_pdf(blob.getvalue(), styles())) == {"pdf.embedded"}


# How a page is turned or cut in the file: its box and the matrix that puts the content back (A4, points).
_W, _H = 595.2756, 841.8898
TURNS = {
    "turned by 90°": (90, (0, 0, _H, _W), f"0 1 -1 0 {_H} 0"),
    "turned by 180°": (180, (0, 0, _W, _H), f"-1 0 0 -1 {_W} {_H}"),
    "turned by 270°": (270, (0, 0, _H, _W), f"0 -1 1 0 0 {_W}"),
    "cut off a larger sheet": (0, (100, 50, 100 + _W, 50 + _H), "1 0 0 1 100 50"),
}


@pytest.mark.parametrize("name", TURNS)
def test_a_page_is_measured_as_it_is_read_however_it_lies_in_the_file(name):
    turn, box, matrix = TURNS[name]
    with pikepdf.open(io.BytesIO(clean_pdf())) as pdf:
        for page in list(pdf.pages)[:6]:
            page.Rotate = turn
            page.MediaBox = pikepdf.Array(box)
            page.contents_add(pdf.make_stream(f"q {matrix} cm".encode()), prepend=True)
            page.contents_add(pdf.make_stream(b"Q"))
        blob = io.BytesIO()
        pdf.save(blob)
    examiner = check_pdf(blob.getvalue(), styles())
    assert [str(finding) for finding in examiner.findings] == []
    assert any(measure.what == "版心上边缘距纸边" for measure in examiner.measures)


def test_of_everything_only_the_annex_in_the_middle_of_a_page_is_a_fault():
    blob = render(everything(), styles(), lambda page: page, fonts())
    examiner = check_pdf(blob, styles())
    # The tree's last annex is written where the paragraph before it ends, unless the writer begins a page for it.
    assert rules(examiner) <= {"annex.label"}
