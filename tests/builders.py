"""The short hand of trees (文档树的简写) for tests, and two trees that hold everything a report can hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from reportgen.document import (
    Addressee,
    AnnexEntry,
    AnnexList,
    AnnexTitle,
    Block,
    Cell,
    Closing,
    Column,
    ColumnKind,
    Document,
    Heading,
    Imprint,
    Letterhead,
    LetterheadForm,
    Note,
    Orientation,
    Paragraph,
    Row,
    Section,
    Signature,
    Table,
    Title,
)
from reportgen.problems import Location
from reportgen.styles import StyleSheet
from reportgen.template.loading import load_styles

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "configs/qingping-2026h1.yaml"

AWKWARD = "甲&乙<b>丙</b>&amp;丁{{ 7*7 }}“引‘内’号”①②③80㎡、1—6月'单'\"双\"左  右 尾·—…％℃"
LONG_TOKEN = "https://example.invalid/" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789" * 6


@cache
def styles() -> StyleSheet:
    """The style sheet (版式) that is shipped."""
    return load_styles("gb9704", ROOT / "configs", Location(file="test"))[0]


def p(text: str) -> Paragraph:
    """A paragraph."""
    return Paragraph(text=text)


def h(level: int, label: str, text: str, body: str = "") -> Heading:
    """A heading, alone or with a text that runs on."""
    return Heading(level=level, label=label, text=text, body=body)


def cell(*paragraphs: str, right: int = 1, down: int = 1) -> Cell:
    """A cell over `right` columns and `down` rows; without a text an empty one."""
    return Cell(paragraphs=paragraphs or ("",), col_span=right, row_span=down)


def row(*cells: Cell | str) -> Row:
    """A row; a text stands for a plain cell."""
    return tuple(one if isinstance(one, Cell) else cell(one) for one in cells)


def table(shares: Sequence[float], head: Iterable[Row], body: Iterable[Row]) -> Table:
    """A table: number column first, then labels, units and text as the width asks for."""
    kinds = [ColumnKind.NUMBER, ColumnKind.LABEL, ColumnKind.UNITS] + [ColumnKind.TEXT] * len(shares)
    columns = tuple(Column(share=share, kind=kind) for share, kind in zip(shares, kinds, strict=False))
    return Table(columns=columns, head=tuple(head), body=tuple(body))


def section(*blocks: Block, turned: bool = False) -> Section:
    """A section, upright or turned."""
    return Section(orientation=Orientation.LANDSCAPE if turned else Orientation.PORTRAIT, blocks=blocks)


def document(*sections: Section, title: str = "测试报告", issuer: str = "测试机关") -> Document:
    """A document of sections."""
    return Document(title=title, issuer=issuer, sections=sections)


def sentences(count: int, word: str = "句") -> str:
    """Text whose every sentence is another one, so that neither loss nor doubling can hide."""
    return "".join(f"第{number}{word}写明一件不同的事。" for number in range(1, count + 1))


def nested_table() -> Table:
    """Two head tiers, merges of both kinds, empty cells, a row that runs over three pages, many short rows."""
    long = sentences(300)
    assert len(long) > 3000
    body = [
        row("1", cell("大类甲", "第二段", down=3), "责任单位一", "目标"),
        row("2", cell("跨两列的内容", right=2)),
        row("3", "", ""),
        row("4", AWKWARD, cell("单位二", "单位三"), cell("①第一点。", "", "③第三点。")),
        row("5", "大类乙", LONG_TOKEN, long),
        row("6", cell("跨页合并", down=60), "单位六", "第6行"),
        *(row(str(number), f"单位{number}", f"第{number}行，{sentences(number % 9, '点')}") for number in range(7, 66)),
        row("66", "末类", "末单位", "末行"),
    ]
    head = [
        row(cell("序号", down=2), cell("类别", down=2), cell("推进情况", right=2)),
        row("单位", "进展"),
    ]
    return table((0.08, 0.16, 0.16, 0.6), head, body)


def imprint() -> Imprint:
    """An imprint whose 抄送 takes more than one line."""
    copies = "，".join(f"第{number}工作部门" for number in range(1, 9))
    return Imprint(copies_to=f"抄送：{copies}。", printer="测试区人民政府督查室", printed="2026年7月12日印发")


def letterhead(form: LetterheadForm = LetterheadForm.DOCUMENT, **parts: Any) -> Letterhead:
    """A letterhead of one issuer; `parts` are what it has besides or instead."""
    usual: dict[str, Any] = {
        "mark": ("测试区人民政府督查室",),
        "suffix": "文件" if form is LetterheadForm.DOCUMENT else "",
    }
    return Letterhead(form=form, **{**usual, **parts})


def letter() -> Document:
    """Everything that only a letter has (信函), and the imprint of one."""
    head = letterhead(
        LetterheadForm.LETTER, copy_number="000001", secrecy="机密★1年", urgency="特急", number="测函〔2026〕1号"
    )
    copies = Imprint(copies_to=imprint().copies_to)
    return document(
        section(head, Title(lines=("关于甲的函",)), Addressee(text="甲局："), p(sentences(9)), copies),
        title="关于甲的函",
        issuer="测试区人民政府督查室",
    )


def bulletin() -> Document:
    """Everything that only a bulletin has (简报), and an imprint after a turned table, on pages of its own."""
    head = letterhead(
        LetterheadForm.BULLETIN,
        mark=("督查专报",),
        number="第5期",
        publisher="测试区人民政府督查室",
        date="2026年7月10日",
    )
    grid = table((0.1, 0.9), [row("序号", "内容")], [row("1", "一")])
    return document(
        section(head, Title(lines=("上半年情况",)), p(sentences(9))),
        section(grid, turned=True),
        section(imprint()),
        title="上半年情况",
        issuer="测试区人民政府督查室",
    )


def everything() -> Document:
    """Every block, both orientations, all heading levels alone and run-in, awkward text (大杂烩)."""
    headings = [
        h(level, label, f"第{level}级标题{'。' if body else ''}", body)
        for level, label in ((1, "一、"), (2, "（一）"), (3, "1."), (4, "（1）"))
        for body in ("", f"紧接第{level}级标题的文字，{AWKWARD}。")
    ]
    entries = tuple(AnnexEntry(number=number, name=f"附件之{number}，{'名称很长' * 9}") for number in (1, 2, 3))
    only = AnnexEntry(number=None, name="独一附件")
    return document(
        section(
            letterhead(
                mark=("测试区人民政府", "测试区发展和改革局", "局"),
                number="测府督〔2026〕12号",
                signers=("甲某某", "乙某", "丙某某"),
                copy_number="000001",
                secrecy="机密★1年",
                urgency="特急",
            ),
            Title(lines=("测试区人民政府", "关于<各种>内容的报告")),
            Addressee(text="区政府："),
            p(AWKWARD),
            *headings,
            p(sentences(60)),
            p(f"长词{LONG_TOKEN}之后。"),
            Closing(text="特此报告。"),
            AnnexList(entries=entries),
            Signature(issuers=("测试区人民政府督查室",), date="2026年7月10日"),
            Signature(issuers=("测试区人民政府", "测试区发展和改革局"), date="2026年7月10日"),
            Signature(issuers=tuple(f"第{number}局" for number in range(1, 6)), date="2026年7月11日", sealed=True),
            Note(text="（此件公开发布）"),
        ),
        section(AnnexTitle(entry=entries[0]), nested_table()),
        section(AnnexTitle(entry=entries[1]), p("表前"), nested_table(), p("表后"), turned=True),
        section(AnnexTitle(entry=entries[2]), table((0.1, 0.9), [row("序号", "内容")], [row("1", "一")]), turned=True),
        section(p("附件只有一个时："), AnnexList(entries=(only,))),
        section(AnnexTitle(entry=only), p("最后一段"), imprint()),
        title="测试区人民政府关于<各种>内容的报告",
        issuer="测试区人民政府督查室",
    )


def small() -> Document:
    """One of each kind, as short as may be: its Word parts can be read by a person (小样)."""
    entry = AnnexEntry(number=1, name="清单")
    merged = [
        row("1", cell("甲", down=2), cell("①一", "②二")),
        row("2", ""),
        row("3", cell("乙&“丙”", right=2)),
        row("4", "丁", sentences(40)),
    ]
    head = [row(cell("序号", down=2), cell("任务", right=2)), row("类别", "进展")]
    return document(
        section(
            letterhead(number="测督〔2026〕1号", signers=("甲某某",), secrecy="机密"),
            Title(lines=("督查室", "报告")),
            Addressee(text="区政府："),
            h(1, "一、", "情况"),
            h(3, "1.", "停车。", "已建410个。"),
            p("1—6月“正常”"),
            Closing(text="特此报告。"),
            AnnexList(entries=(entry,)),
            Signature(issuers=("督查室",), date="2026年7月10日", sealed=True),
            Note(text="（此件公开发布）"),
        ),
        section(AnnexTitle(entry=entry), table((0.1, 0.2, 0.7), head, merged), turned=True),
        section(imprint()),
        title="督查室报告",
        issuer="督查室",
    )
