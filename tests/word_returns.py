"""Odd and bad returns in Word (有毛病的 Word 反馈): each with how to make it, and what must be read and told."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZipFile

from tests.bad_files import _bomb, zipped
from tests.bad_workbooks import OLE
from tests.ledger_files import TASK_ROW, repacked, tasks

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "v": "urn:schemas-microsoft-com:vml",
    "w16se": "http://schemas.microsoft.com/office/word/2015/wordml/symex",
    "x": "urn:of-nobody",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Secret"><w:basedOn w:val="a"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Veil"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Item"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
)


def _list(identity: int, form: str, text: str, more: str = "") -> str:
    level = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{more}'
    return f'<w:abstractNum w:abstractNumId="{identity}"><w:lvl w:ilvl="0">{level}</w:lvl></w:abstractNum>'


LISTS = (("decimal", "%1"), ("chineseCounting", "%1、"), ("bullet", "\uf06c"), ("decimal", "（%1）"))
NUMBERING = "".join(_list(i, form, text) for i, (form, text) in enumerate(LISTS, start=1)) + "".join(
    f'<w:num w:numId="{i}"><w:abstractNumId w:val="{i}"/></w:num>' for i in range(1, len(LISTS) + 1)
)
_ROOTS = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes",
          "comments": "comments", "settings": "settings", "header": "hdr", "footer": "ftr"}  # fmt: skip


def word_return(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word file of this body; `parts` are the contents of other parts by their kinds."""
    named = {"styles": STYLES, "numbering": NUMBERING, **(parts or {})}
    links = "".join(
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{kind}.xml"/>' for kind in named if kind in _ROOTS
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    ) + "".join(
        f'<Override PartName="/word/{part}.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"/>'
        for part, kind in (("document", "document.main"), *((kind, kind) for kind in named))
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="d" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_DECLARED}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
    }
    files |= {
        f"word/{kind}.xml": f"<w:{_ROOTS[kind]} {_DECLARED}>{xml}</w:{_ROOTS[kind]}>" for kind, xml in named.items()
    }
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, xml in files.items():
            archive.writestr(name, _HEAD + xml)
    return stream.getvalue()


# ---- XML by hand


def t(text: str, rpr: str = "") -> str:
    """A run."""
    return f'<w:r>{f"<w:rPr>{rpr}</w:rPr>" if rpr else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def run(inside: str) -> str:
    return f"<w:r>{inside}</w:r>"


def p(*inside: str, ppr: str = "") -> str:
    """A paragraph; what begins with no bracket is a run."""
    runs = "".join(each if each.startswith("<") else t(each) for each in inside if each)
    return f"<w:p>{f'<w:pPr>{ppr}</w:pPr>' if ppr else ''}{runs}</w:p>"


def tc(*inside: str, tcpr: str = "") -> str:
    """A cell; what is no paragraph, table or wrapper of such becomes one."""
    blocks = [each if each.startswith(("<w:p", "<w:tbl", "<w:sdt", "<x:", "<mc:")) else p(each) for each in inside]
    if not blocks or not blocks[-1].endswith(("</w:p>", "</w:sdt>", "<w:p/>")):
        blocks.append("<w:p/>")
    return f"<w:tc>{f'<w:tcPr>{tcpr}</w:tcPr>' if tcpr else ''}{''.join(blocks)}</w:tc>"


def tr(*cells: str, trpr: str = "") -> str:
    """A row; what is no cell becomes one."""
    inside = "".join(each if each.startswith(("<w:tc>", "<w:sdt")) else tc(each) for each in cells)
    return f"<w:tr>{f'<w:trPr>{trpr}</w:trPr>' if trpr else ''}{inside}</w:tr>"


def tbl(*rows: str, grid: tuple[int, ...] = ()) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


_BY = 'w:id="1" w:author="某" w:date="2026-07-01T00:00:00Z"'


def ins(inside: str) -> str:
    return f"<w:ins {_BY}>{inside}</w:ins>"


def gone(text: str) -> str:
    """Deleted text."""
    return f"<w:del {_BY}><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def moved(text: str, tag: str) -> str:
    return f"<w:{tag} {_BY}>{t(text)}</w:{tag}>"


def sdt(inside: str, pr: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{pr}</w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"


def mark(kind: str) -> str:
    return run(f'<w:fldChar w:fldCharType="{kind}"/>')


def complex_field(instruction: str, result: str) -> str:
    """A field: what it shows is runs."""
    said = run(f"<w:instrText>{instruction}</w:instrText>")
    return mark("begin") + said + mark("separate") + result + mark("end")


def box(*paragraphs: str) -> str:
    """A text box as Word writes it: once for new programs, once for old ones."""
    inside = "".join(each if each.startswith("<") else p(each) for each in paragraphs)
    new = (
        "<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>"
        f"{inside}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )
    old = f"<w:pict><v:shape><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict>"
    return run(
        f'<mc:AlternateContent><mc:Choice Requires="wps">{new}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"
    )


PICTURE = run('<w:drawing><wp:inline><a:graphic><a:graphicData><a:blip r:embed="x"/></a:graphicData></a:graphic>'
              "</wp:inline></w:drawing>")  # fmt: skip
HIDDEN = "<w:vanish/>"
MARK_GONE = f"<w:rPr><w:del {_BY}/></w:rPr>"
ROW_GONE = f"<w:del {_BY}/>"
NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
RESTART, GO_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def span(width: int) -> str:
    return f'<w:gridSpan w:val="{width}"/>'


HEAD = tr("序号", "工作任务", "进展情况")


def row(progress: str) -> str:
    return tr("1", "建公园", progress)


def one(progress: str) -> str:
    """A return of one task; its progress is what is odd."""
    return tbl(HEAD, row(progress))


# ---- the kit


@dataclass(frozen=True)
class WordReturn:
    """An odd file that is read: `tables` row by row, `passages`, and what is told: code, place, first words."""

    name: str
    make: Callable[[], bytes]
    tables: list[list[list[str]]]
    passages: tuple[str, ...] = ()
    told: tuple[tuple[str, str, str], ...] = ()


def _progress(
    name: str, inside: str, shown: str, *told: tuple[str, str, str], parts: Mapping[str, str] | None = None
) -> WordReturn:
    """A file with one odd cell: in row 2, column 3 of table 1."""
    table = [["序号", "工作任务", "进展情况"], ["1", "建公园", shown]]
    said = tuple((code, place or "表格1 第2行第3列", text) for code, place, text in told)
    return WordReturn(name, lambda: word_return(one(inside), parts), [table], (), said)


def _tables(name: str, body: str, *tables: list[list[str]], told: tuple[tuple[str, str, str], ...] = ()) -> WordReturn:
    return WordReturn(name, lambda: word_return(body), list(tables), (), told)


CHANGED = ("word.tracked-changes", "全文", "接受全部修订")
_BROKEN_FIELD = p(mark("begin"), run("<w:instrText>IF</w:instrText>"), "已开工")
_RUBY = (
    "<w:ruby><w:rubyPr/><w:rt><w:r><w:t>jiàn</w:t></w:r></w:rt>"
    "<w:rubyBase><w:r><w:t>建</w:t></w:r></w:rubyBase></w:ruby>"
)
_EMOJI = (
    '<mc:AlternateContent><mc:Choice Requires="w16se"><w16se:symEx w16se:font="Segoe UI Emoji" w16se:char="1F600"/>'
    "</mc:Choice><mc:Fallback><w:t>😀</w:t></mc:Fallback></mc:AlternateContent>"
)
_TICKED = (
    '<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData>'
    "</w:fldChar>"
)
_CHOSEN = (
    '<w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="已完成"/>'
    '<w:listEntry w:val="正常推进"/></w:ddList></w:ffData></w:fldChar>'
)

# fmt: off
KIT = (
    # -- tracked changes
    _progress("inserted.docx", p("已", ins(t("开工"))), "已开工", CHANGED),
    _progress("deleted.docx", p("已", gone("停工"), "开工"), "已开工", CHANGED),
    _progress("inserted-then-deleted.docx", p("已", ins(gone("停工")), ins(t("开工"))), "已开工", CHANGED),
    _progress("moved.docx", p(moved("原处", "moveFrom"), "已", moved("开工", "moveTo")), "已开工", CHANGED),
    _progress("joined.docx", p("已", ppr=MARK_GONE) + p(gone("停"), "开工"), "已开工", CHANGED),
    _progress("paragraph-gone.docx", p("已开工") + p(gone("停工"), ppr=MARK_GONE) + p("，已验收"), "已开工\n，已验收",
              CHANGED),
    _tables("row-gone.docx", tbl(HEAD, tr("1", "旧任务", "旧", trpr=ROW_GONE), row("已开工")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]], told=(CHANGED,)),
    _tables("row-inserted.docx", tbl(HEAD, tr("1", "建公园", "已开工", trpr=f"<w:ins {_BY}/>")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]], told=(CHANGED,)),
    _tables("cell-gone.docx", tbl(HEAD, tr("1", tc("旧", tcpr=f"<w:cellDel {_BY}/>"), "建公园", "已开工")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]], told=(CHANGED,)),
    _tables("table-gone.docx", tbl(tr("旧表", trpr=ROW_GONE)) + one("已开工"),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]], told=(CHANGED,)),
    # -- wrappers
    _progress("control-inline.docx", p("已", sdt(t("开工"))), "已开工"),
    _progress("control-block.docx", tc(sdt(p("已开工"))), "已开工"),
    _tables("control-cell.docx", tbl(HEAD, tr("1", "建公园", sdt(tc("已开工")))),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]),
    _tables("control-row.docx", tbl(HEAD, sdt(sdt(row("已开工")))),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]),
    _tables("control-table.docx", sdt(one("已开工")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]),
    _progress("link.docx", p("已", f'<w:hyperlink r:id="no">{t("开")}</w:hyperlink>',
                             f'<w:smartTag w:element="x">{t("工")}</w:smartTag>',
                             f'<w:customXml w:element="x">{t("了")}</w:customXml>'), "已开工了"),
    _progress("alternate.docx", p('<mc:AlternateContent><mc:Choice Requires="w14">' + t("已开工") + "</mc:Choice>"
                                  "<mc:Fallback>" + t("已开工") + "</mc:Fallback></mc:AlternateContent>"), "已开工"),
    _progress("only-for-old-programs.docx", p(run(_EMOJI), "已开工"), "😀已开工"),
    _progress("wrapper-of-nobody.docx", p("已", f"<x:odd>{t('开工')}</x:odd>"), "已",
              ("word.unread", "正文", "「开工」")),
    _progress("not-filled-in.docx", p(sdt(t("单击此处输入文字。"), "<w:showingPlcHdr/>")), "",
              ("word.prompt", "", "「单击此处输入文字。」")),
    _progress("no-branch.docx", p("已", f"<mc:AlternateContent>{t('开工')}</mc:AlternateContent>"), "已",
              ("word.unread", "正文", "「开工」")),
    # -- fields
    _progress("simple-field.docx", p('<w:fldSimple w:instr="DATE"><w:r><w:t>7月1日</w:t></w:r></w:fldSimple>', "开工"),
              "7月1日开工"),
    _progress("field.docx", p(complex_field("MERGEFIELD 进展", t("已开工")), "。"), "已开工。"),
    _progress("field-in-field.docx", p(mark("begin"), run("<w:instrText>IF </w:instrText>"),
                                       complex_field("PAGE", t("9")), mark("separate"), t("已"),
                                       complex_field("X", t("开")), t("工"), mark("end")), "已开工"),
    _progress("field-over-paragraphs.docx",
              p(mark("begin"), run("<w:instrText>X</w:instrText>"), mark("separate"), "甲")
              + p("乙", mark("end"), "丙"),
              "甲\n乙丙"),
    _progress("field-without-end.docx", _BROKEN_FIELD, "已开工"),
    _progress("page-number.docx", p("见第", complex_field("PAGE", t("3")), "页"), "见第3页"),
    _progress("page-number-without-end.docx", p("见第", mark("begin"), run("<w:instrText>PAGE</w:instrText>"),
                                                mark("separate"), t("3"), complex_field("X", t("页"))), "见第3页"),
    _progress("ticked.docx", p(run(_TICKED), mark("end"), "完成"), "☑完成"),
    _progress("chosen.docx", p(run(_CHOSEN), mark("end")), "正常推进"),
    # -- letters
    _progress("marks.docx", p(run("<w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t><w:noBreakHyphen/>"
                                  "<w:t>四</w:t><w:cr/><w:t>五</w:t><w:softHyphen/>")), "一\t二\n三-四\n五"),
    _progress("symbols.docx", p(run('<w:sym w:font="Wingdings" w:char="F0FE"/>'), "完成",
                                run('<w:sym w:font="Wingdings 2" w:char="F0A3"/>'), "未完"), "☑完成□未完"),
    _progress("remark-in-text.docx", p("<w:r><w:t>已<!-- x -->开<?y?>工</w:t></w:r>"), "已开工"),
    _progress("reading-aid.docx", p("已", run(_RUBY), "成"), "已建成", ("word.ruby", "", "「jiàn」")),
    # -- automatic numbers
    _tables("numbers-alone.docx", tbl(HEAD, *(tr(tc(p(ppr=NUMBERED)), text, "已开工") for text in ("甲", "乙"))),
            [["序号", "工作任务", "进展情况"], ["1", "甲", "已开工"], ["2", "乙", "已开工"]]),
    _tables("numbers-of-gone-rows.docx",
            tbl(HEAD, tr(tc(p(ppr=NUMBERED)), "旧", "旧", trpr=ROW_GONE), tr(tc(p(ppr=NUMBERED)), "甲", "已开工")),
            [["序号", "工作任务", "进展情况"], ["1", "甲", "已开工"]], told=(CHANGED,)),
    _progress("numbers-by-style.docx", p("立项", ppr='<w:pStyle w:val="Item"/>')
              + p("开工", ppr='<w:pStyle w:val="Item"/>'), "一、立项\n二、开工"),
    _progress("number-before-year.docx", p("2026年开工", ppr=NUMBERED), "1 2026年开工"),
    _progress("odd-level.docx", p("开工", ppr=NUMBERED.replace('ilvl w:val="0"', 'ilvl w:val="²"')), "1 开工"),
    _progress("bullets.docx", p("开工", ppr=NUMBERED.replace('numId w:val="1"', 'numId w:val="3"')), "•开工"),
    _tables("number-in-covered-cell.docx",
            tbl(HEAD, tr(tc(p(ppr=NUMBERED), tcpr=RESTART), "甲", "已开工"),
                tr(tc(p(ppr=NUMBERED), tcpr=GO_ON), "乙", "")),
            [["序号", "工作任务", "进展情况"], ["1", "甲", "已开工"], ["1", "乙", ""]]),
    # -- beside the text
    _progress("hidden.docx", p("已开工", t("不报", HIDDEN)), "已开工", ("word.hidden-text", "", "「不报」")),
    _progress("hidden-by-style.docx", p("已", t("不", '<w:rStyle w:val="Veil"/>'))
              + p("报", ppr='<w:pStyle w:val="Secret"/>'), "已", ("word.hidden-text", "", "「不 报」")),
    _tables("hidden-row.docx", tbl(HEAD, tr(tc(p(ppr=NUMBERED + "<w:rPr><w:vanish/></w:rPr>")), p(t("旧", HIDDEN)),
                                            p(t("不报", HIDDEN)), trpr="<w:hidden/>"),
                                   tr(tc(p(ppr=NUMBERED)), "建公园", "已开工")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]],
            told=(("word.hidden-text", "表格1 第1行之后", "「旧 不报」"),)),
    _tables("row-marked-as-hidden.docx", tbl(HEAD, tr("1", "建公园", "已开工", trpr="<w:hidden/>")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]),
    _progress("text-box.docx", p("已开工", box("框内", "文字")), "已开工", ("word.text-box", "", "「框内 文字」")),
    _progress("nested.docx", tbl(tr("时间", "进展"), tr("7月", "已开工")), "时间\t进展\n7月\t已开工",
              ("word.nested-table", "", "「时间 进展 7月 已开工」")),
    _progress("note.docx", p("已开工", run('<w:footnoteReference w:id="2"/>')), "已开工",
              ("word.note", "", "「据统计局」"),
              parts={"footnotes": f'<w:footnote w:id="2">{p("据统计局")}</w:footnote>'}),
    _progress("endnote.docx", p("已开工", run('<w:endnoteReference w:id="2"/>')), "已开工",
              ("word.note", "", "「据统计局」"),
              parts={"endnotes": f'<w:endnote w:id="2">{p("据统计局")}</w:endnote>'}),
    _progress("comment.docx", p("已开工", run('<w:commentReference w:id="0"/>')), "已开工",
              ("word.comment", "", "「请核实」"),
              parts={"comments": f'<w:comment w:id="0">{p("请核实")}</w:comment>'}),
    _progress("picture.docx", p(PICTURE), "", ("word.picture", "", "这里有图片，没有读入")),
    _progress("embedded.docx", p("见表", run("<w:object><v:shape><v:imagedata/></v:shape></w:object>")), "见表",
              ("word.embedded", "", "嵌入的对象")),
    _progress("formula.docx", p("约", "<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>", "亩"), "约亩",
              ("word.formula", "", "「x+1」")),
    WordReturn("header.docx", lambda: word_return(
        one("已开工") + '<w:sectPr><w:headerReference w:type="default" r:id="header"/>'
        '<w:footerReference w:type="default" r:id="footer"/></w:sectPr>',
        {"header": p("填报单位：区教委"), "footer": p("— ", complex_field("PAGE", t("1")), " —")}),
        [[["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]], (),
        (("word.header", "页眉", "「填报单位：区教委」"),)),
    # -- merged cells and shapes of tables
    _tables("merged-down.docx",
            tbl(HEAD, tr(tc("1", tcpr=RESTART), "甲", "已开工"), tr(tc(tcpr=GO_ON), "乙", "已验收")),
            [["序号", "工作任务", "进展情况"], ["1", "甲", "已开工"], ["1", "乙", "已验收"]]),
    _tables("merged-across.docx",
            tbl(tr(tc("反馈表", tcpr=span(3))), HEAD, row("已开工")),
            [["反馈表", "反馈表", "反馈表"], ["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]),
    _tables("merged-the-old-way.docx",
            tbl(tr(tc("反馈表", tcpr='<w:hMerge w:val="restart"/>'), tc(tcpr="<w:hMerge/>"), tc(tcpr="<w:hMerge/>")),
                HEAD), [["反馈表", "反馈表", "反馈表"], ["序号", "工作任务", "进展情况"]]),
    _tables("covered.docx", tbl(HEAD, tr("1", "甲", tc("已开工", tcpr=RESTART)), tr("2", "乙", tc("盖住", tcpr=GO_ON))),
            [["序号", "工作任务", "进展情况"], ["1", "甲", "已开工"], ["2", "乙", "已开工"]],
            told=(("word.covered-text", "表格1 第3行第3列", "「盖住」"),)),
    _tables("going-on-from-nowhere.docx", tbl(tr(*(tc(text, tcpr=GO_ON) for text in ("序号", "工作任务", "进展情况"))),
                                              row("已开工")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]),
    _tables("merges-that-do-not-fit.docx",
            tbl(HEAD, tr(tc("甲", tcpr=span(2) + RESTART), "乙"), tr("丙", tc("丁", tcpr=span(2) + GO_ON))),
            [["序号", "工作任务", "进展情况"], ["甲", "甲", "乙"], ["丙", "丁", "丁"]]),
    _tables("endless-span.docx", tbl(HEAD, tr("1", "建公园", tc("已开工", tcpr=span(100_000_000)))),
            [["序号", "工作任务", "进展情况", ""], ["1", "建公园", "已开工", "已开工"]]),
    _tables("crooked-edges.docx",
            tbl(tr("序号", tc("工作任务", tcpr=span(2)), "进展情况"), tr(tc("1", tcpr=span(2)), "建公园", "已开工"),
                grid=(800, 60, 3000, 4000)),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]]),
    _tables("rows-of-other-lengths.docx", tbl(HEAD, tr("1", "建公园"), tr("2", "建桥", "已开工")),
            [["序号", "工作任务", "进展情况"], ["1", "建公园", ""], ["2", "建桥", "已开工"]]),
    _tables("row-drawn-in.docx", tbl(HEAD, tr("建公园", "已开工", trpr='<w:gridBefore w:val="1"/>')),
            [["序号", "工作任务", "进展情况"], ["", "建公园", "已开工"]]),
    WordReturn("around-tables.docx",
               lambda: word_return(p("反馈表") + "<w:p/>" + p("填报单位：区教委") + one("已开工") + p("联系人")
                                   + tbl(tr("", ""), tr("甲", "乙")) + tbl(tr("", ""))),
               [[["序号", "工作任务", "进展情况"], ["1", "建公园", "已开工"]], [["甲", "乙"]]],
               ("反馈表", "填报单位：区教委", "联系人")),
)
# fmt: on


@dataclass(frozen=True)
class BadReturn:
    """A file that is refused: `says` stands in what is said, `fix` in what to do."""

    name: str
    make: Callable[[], bytes]
    code: str
    says: str
    fix: str


def edited(blob: bytes, old: str, new: str, part: str = "word/document.xml") -> bytes:
    """The file with other words in one part."""

    def edit(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        assert old.encode() in data
        return data.replace(old.encode(), new.encode())

    return repacked(blob, edit)


SOUND = word_return(one("已开工"))
ANEW = "另存为「Word 文档（*.docx）」"
DOCTYPE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><w:document'
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
_MAIN = NAMESPACES["w"]


def _wide(text: str) -> str:
    return tbl(tr(*("列" for _ in range(64)), text))


# fmt: off
BAD_RETURNS = (
    BadReturn("~$反馈.docx", lambda: b"\x05admin", "file.wrong-kind", "临时文件", "「反馈.docx」"),
    BadReturn("old.doc", lambda: OLE + "WordDocument".encode("utf-16-le"), "file.wrong-kind", "旧版 Word 文档", ANEW),
    BadReturn("old.wps", lambda: OLE + "WordDocument".encode("utf-16-le"), "file.wrong-kind", ".wps", ANEW),
    BadReturn("rich.doc", lambda: b"{\\rtf1 x}", "file.wrong-kind", "RTF 文档", ANEW),
    BadReturn("page.doc", lambda: b"<html><body>x</body></html>", "file.wrong-kind", "网页", ANEW),
    BadReturn("flat.docx", lambda: b'<?xml version="1.0"?><a/>', "file.wrong-kind", "XML", ANEW),
    BadReturn("odt.docx", lambda: zipped(("content.xml", b"<a/>")), "file.wrong-kind", "OpenDocument", ANEW),
    BadReturn("sheet.docx", lambda: tasks(TASK_ROW), "file.wrong-kind", "Excel 工作簿", "请选择正确的文件"),
    BadReturn("scan.docx", lambda: b"\x89PNG\r\n\x1a\n", "file.wrong-kind", "图片", "请选择正确的文件"),
    BadReturn("empty.docx", lambda: b"", "file.wrong-kind", "空文件", "是否保存成功"),
    BadReturn("locked.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "file.encrypted", "密码",
              "取消密码后另存为 .docx"),
    BadReturn("cut.docx", lambda: SOUND[: len(SOUND) // 2], "file.damaged", "压缩包不完整", ANEW),
    BadReturn("half.docx", lambda: edited(SOUND, "</w:body>", ""), "file.damaged", "不是完整的 XML", ANEW),
    BadReturn("illegal.docx", lambda: edited(SOUND, "已开工", "已&#7;开工"), "file.damaged", "不是完整的 XML", ANEW),
    BadReturn("strict.docx", lambda: edited(SOUND, _MAIN, "http://purl.oclc.org/ooxml/wordprocessingml/main"),
              "file.strict-docx", "Strict Open XML", ANEW),
    BadReturn("no-document.docx", lambda: edited(edited(SOUND, "<w:document ", "<w:other "), "</w:document>",
                                                 "</w:other>"), "file.damaged", "不是 Word 的正文", ANEW),
    BadReturn("entity.docx", lambda: edited(SOUND, "<w:document", DOCTYPE), "file.unsafe", "DOCTYPE", ANEW),
    BadReturn("laughs.docx", lambda: edited(SOUND, "<w:document", f"<!DOCTYPE a [{LAUGHS}]><w:document"),
              "file.unsafe", "DOCTYPE", ANEW),
    BadReturn("entity-in-styles.docx", lambda: edited(SOUND, "<w:styles", DOCTYPE.replace("document", "styles"),
                                                      "word/styles.xml"), "file.unsafe", "DOCTYPE", ANEW),
    BadReturn("bomb.docx", lambda: _bomb(5_000_000), "file.unsafe", "压缩比", ANEW),
    BadReturn("many-bombs.docx", lambda: _bomb(1_000_000, 210), "file.unsafe", "解压后超过 200 MB", ANEW),
    BadReturn("many-parts.docx", lambda: _bomb(1, 1001), "file.unsafe", "超过 1000 个", ANEW),
    BadReturn("twice.docx", lambda: repacked(SOUND, parts=[("WORD/document.xml", b"<a/>")]), "file.unsafe", "重名",
              ANEW),
    BadReturn("deep.docx", lambda: word_return(p("<w:ins>" * 300 + t("深") + "</w:ins>" * 300)), "file.damaged",
              "层次太深", ANEW),
    BadReturn("tables-in-tables.docx", lambda: word_return("<w:tbl><w:tr><w:tc>" * 5000 + p("深")
                                                           + "<w:p/></w:tc></w:tr></w:tbl>" * 5000), "file.damaged",
              "层次太深", ANEW),
    BadReturn("other-file.docx", lambda: word_return(one("已开工") + '<w:altChunk r:id="x"/>'), "word.other-file",
              "插入了别的文件", ANEW),
    BadReturn("blank.docx", lambda: word_return("<w:p/>"), "file.no-text", "没有文字", "是不是选错了文件"),
    BadReturn("too-wide.docx", lambda: word_return(_wide("末列")), "ledger.too-many-columns", "「末列」",
              "删去多余的列"),
    BadReturn("much-too-wide.docx", lambda: word_return(tbl(tr(*(f"列{i}" for i in range(5_000))))),
              "ledger.too-many-columns", "第 64 列以后", "删去多余的列"),
    BadReturn("too-long.docx", lambda: word_return(tbl(*("<w:tr><w:tc><w:p/></w:tc></w:tr>" for _ in range(10_100)))),
              "ledger.too-many-rows", "超过 10000 行", "拆成几份"),
)
# fmt: on
