"""Word files made without our writers (手工做的 Word 文件): as a clerk makes them, and rightly, by direct format."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

LONG = "各单位“一把手”对照年度目标任务逐项检查，按月报送进展，督查室逐条核对并到现场查看，对进度慢的任务及时提醒。"


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def set_run(run: Any, east_asian: str, size: float, latin: str = "Times New Roman") -> None:
    """Face and size as Word's dialogue writes them."""
    run.font.name = latin
    run._element.rPr.rFonts.set(qn("w:eastAsia"), east_asian)
    run.font.size = Pt(size)


def page_field(run: Any) -> None:
    """A PAGE field."""
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)


def by_a_clerk() -> bytes:
    """A4, but Word's margins; 宋体; indents by spaces; Word's own heading style; the number in the middle."""
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(25.4)
    page.left_margin = page.right_margin = Mm(31.8)

    def write(text: str, size: float = 16, align: Any = None, bold: bool = False) -> None:
        paragraph = document.add_paragraph()
        run = paragraph.add_run(text)
        set_run(run, "宋体", size)
        run.font.bold = bold or None
        paragraph.alignment = align

    write("关于重点任务推进情况的报告", 22, WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    document.add_paragraph()
    write("区政府：")
    write(f"\u3000\u3000{LONG}")
    document.add_heading("一、总体情况", 1)
    write(f"\u3000\u3000{LONG}")
    write(f"\u3000\u3000（1）、{LONG}")
    table = document.add_table(rows=3, cols=3)
    table.style = "Table Grid"
    for row, texts in zip(
        table.rows, (("序号", "任务", "进展"), ("1", "停车", "已建成"), ("2", "公园", "在建")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            set_run(cell.paragraphs[0].add_run(text), "宋体", 11, "宋体")
    document.add_paragraph()
    write("某区人民政府督查室", align=WD_ALIGN_PARAGRAPH.RIGHT)
    write("2026年07月10日", align=WD_ALIGN_PARAGRAPH.RIGHT)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page_field(footer.add_run())
    return saved(document)


def rightly(letterhead: bool = True, imprint: bool = False) -> bytes:
    """Everything as the standard wants it, set run by run on top of Word's own template."""
    document = docx.Document()
    _set_page(document)
    hand = _Hand(document)
    if letterhead:
        _letterhead(hand)
    hand.write(
        "某区人民政府督查室\n关于重点任务推进情况的报告",
        "方正小标宋简体",
        22,
        pitch=34,
        jc="center",
        spacing=0,
        before=57.9,
    )
    hand.write("区政府：", before=28.95)
    hand.write(f"按照“十四五”规划，1—6月{LONG}", first=200)
    hand.write("一、总体情况", "黑体", first=200, level=0)
    hand.write(LONG, first=200)
    hand.write("（一）主要进展", "楷体_GB2312", first=200, level=1)
    hand.write(f"1.停车。{LONG}", first=200)
    hand.write("附件：1.任务清单", before=28.95, first=200)
    hand.write("2.目标清单", left=500)
    # 署名 of 9 letters, 2 from the right; the date begins 2 further in: 9 - 2 - 6.5 + 2 from the right.
    hand.write("某区人民政府督查室", before=28.95, jc="right", right=200)
    hand.write("2026年7月10日", jc="right", right=250)
    hand.write("（此件公开发布）", first=200)
    hand.write("附件1", "黑体", jc="left").paragraph_format.page_break_before = True
    hand.write("任务清单", "方正小标宋简体", 18, pitch=28.95, jc="center", spacing=0, before=28.95)
    _table(hand)
    hand.write("附件2", "黑体", jc="left").paragraph_format.page_break_before = True
    hand.write("目标清单", "方正小标宋简体", 18, pitch=28.95, jc="center", spacing=0, before=28.95)
    hand.write(LONG, before=28.95, first=200)
    if imprint:
        _imprint(hand)
    return saved(document)


def _set_page(document: Any) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.right_margin, page.bottom_margin, page.left_margin = Mm(37), Mm(26), Mm(35), Mm(28)
    page.footer_distance = Mm(25.5)
    grid = page._sectPr.find(qn("w:docGrid"))
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side, name in ((page.footer, "right", "rightChars"), (page.even_page_footer, "left", "leftChars")):
        paragraph = footer.paragraphs[0]
        ppr = paragraph._element.get_or_add_pPr()
        ppr.append(parse_xml(f'<w:spacing {nsdecls("w")} w:line="280" w:lineRule="exact" w:before="0" w:after="0"/>'))
        ppr.append(parse_xml(f'<w:ind {nsdecls("w")} w:{name}="100" w:{side}="280"/>'))
        ppr.append(parse_xml(f'<w:jc {nsdecls("w")} w:val="{side}"/>'))
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            set_run(run, "宋体", 14, "宋体")
            if text is None:
                page_field(run)


class _Hand:
    """Writes paragraphs into a document or a cell."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def write(
        self,
        text: str,
        face: str = "仿宋_GB2312",
        size: float = 16,
        *,
        pitch: float = 28.95,
        jc: str = "both",
        before: float = 0,
        first: int = 0,
        left: int = 0,
        right: int = 0,
        spacing: int = -5,
        level: int | None = None,
        color: str = "",
        into: Any = None,
    ) -> Any:
        """A paragraph, all of its format its own."""
        paragraph = into if into is not None else self.document.add_paragraph()
        ppr = paragraph._element.get_or_add_pPr()
        space = f'w:before="{round(before * 20)}" w:after="0" w:line="{round(pitch * 20)}" w:lineRule="exact"'
        for xml in (
            '<w:widowControl {} w:val="0"/>',
            f"<w:spacing {{}} {space}/>",
            f'<w:ind {{}} w:leftChars="{left}" w:left="{left * 3}" w:rightChars="{right}" w:right="{right * 3}" '
            f'w:firstLineChars="{first}" w:firstLine="{first * 3}"/>',
            f'<w:jc {{}} w:val="{jc}"/>',
            *([f'<w:outlineLvl {{}} w:val="{level}"/>'] if level is not None else []),
        ):
            ppr.append(parse_xml(xml.format(nsdecls("w"))))
        run = paragraph.add_run(text)
        set_run(run, face, size)
        run._element.rPr.rFonts.set(qn("w:hint"), "eastAsia")
        if spacing:
            run._element.rPr.append(parse_xml(f'<w:spacing {nsdecls("w")} w:val="{spacing}"/>'))
        if color:
            run._element.rPr.append(parse_xml(f'<w:color {nsdecls("w")} w:val="{color}"/>'))
        return paragraph


def _letterhead(hand: _Hand) -> None:
    hand.write("000012", jc="left")
    hand.write("机密★1年", "黑体", jc="left")
    hand.write("特急", "黑体", jc="left")
    # Three lines of 28.95 and what is free above the letters of its own line: 35 mm from the type area's edge.
    hand.write("某区人民政府文件", "方正小标宋简体", 48, pitch=58, jc="center", spacing=0, color="FF0000", before=8.2)
    line = hand.write("\u3000某政督〔2026〕7号\t签发人：", before=57.9)
    name = line.add_run("李某")
    set_run(name, "楷体_GB2312", 16)
    ppr = line._element.get_or_add_pPr()
    rule = '<w:pBdr {}><w:bottom w:val="single" w:sz="10" w:space="8" w:color="FF0000"/></w:pBdr>'
    ppr.insert(0, parse_xml(rule.format(nsdecls("w"))))
    # The signer ends one character before the type area's right edge.
    ppr.insert(1, parse_xml(f'<w:tabs {nsdecls("w")}><w:tab w:val="right" w:pos="8529"/></w:tabs>'))


def _table(hand: _Hand) -> None:
    table = hand.document.add_table(rows=3, cols=2)
    table.style = "Table Grid"
    # Without a word about newer rules Word hangs the frame out by the cell's padding: 0.19 cm.
    table._tbl.tblPr.append(parse_xml(f'<w:tblInd {nsdecls("w")} w:w="108" w:type="dxa"/>'))
    frame = "".join(f'<w:{side} w:val="single" w:sz="8"/>' for side in ("top", "left", "bottom", "right"))
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{frame}</w:tblBorders>"))
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for index, (row, texts) in enumerate(
        zip(table.rows, (("序号", "任务"), ("1", "停车"), ("2", "公园")), strict=True)
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            face, jc = ("黑体", "center") if index == 0 else ("仿宋_GB2312", "both")
            hand.write(text, face, 10.5, pitch=16, jc=jc, spacing=0, into=cell.paragraphs[0])


def _imprint(hand: _Hand) -> None:
    """The imprint as a table in the text, its rules those of its cells, with the paragraph that Word leaves below."""
    table = hand.document.add_table(rows=2, cols=1)
    # Without a word about newer rules Word hangs the frame out by the cell's padding: 0.19 cm, 5.4 points.
    table._tbl.tblPr.append(parse_xml(f'<w:tblInd {nsdecls("w")} w:w="108" w:type="dxa"/>'))
    texts = ("抄送：甲局，乙局。", "某区人民政府督查室\t2026年7月12日印发")
    for row, text, rules in zip(table.rows, texts, ((8, 6), (6, 8)), strict=True):
        cell = row.cells[0]
        line = hand.write(text, size=14, pitch=24, spacing=0, into=cell.paragraphs[0])
        ind = line._element.pPr.find(qn("w:ind"))
        for name in list(ind.attrib):
            del ind.attrib[name]
        ind.set(qn("w:left"), "172")
        tab = parse_xml(f'<w:tabs {nsdecls("w")}><w:tab w:val="right" w:pos="8456"/></w:tabs>')
        line._element.pPr.append(tab)
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="{size}"/>' for side, size in zip(("top", "bottom"), rules, strict=True)
        )
        cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:tcBorders {nsdecls('w')}>{sides}</w:tcBorders>"))
    hand.document.add_paragraph()
