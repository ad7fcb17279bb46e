"""What differs in the structure (结构差异): levels of headings, page breaks, merges, widths of columns, sections.

A paragraph or a table that was cut in two, or joined, is a difference here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.counterparts.paired_tables import Region, TablePair
from reportgen.comparison.differences.section_differences import section_differences
from reportgen.comparison.differences.text_differences import lost_texts
from reportgen.comparison.look_names import PARAGRAPH_LOOKS, is_equal
from reportgen.comparison.model import Difference, Layer, Spot, Table
from reportgen.comparison.telling import difference, quote_of, shortened

_LENGTH = PARAGRAPH_LOOKS["左缩进"]
_MOST_NAMED = 4


def structure_differences(held: Held) -> Iterator[Difference]:
    """Where both contents are built otherwise (结构差异)."""
    if Layer.STRUCTURE not in held.layers:
        return
    yield from _paragraphs(held)
    yield from _breaks_before_tables(held)
    for pair in held.tables:
        yield from _table(held, pair)
    yield from section_differences(held)


def _told(
    kind: str,
    subject: str,
    where: str,
    before: str,
    after: str,
    first: Spot | None,
    second: Spot | None,
    what: str = "",
) -> Difference:
    what = what or f"{subject}由{before}改为{after}"
    return difference(
        Layer.STRUCTURE,
        kind,
        subject,
        where=where,
        what=what,
        before=before,
        after=after,
        first=first,
        second=second,
    )


# ---- paragraphs


def level_name(level: int | None) -> str:
    """How a level is called (级别): 大纲2级, 文件标题, 正文文字. 一、 is the first to an office, the second to Word."""
    if level is None:
        return "正文文字"
    return f"大纲{level}级" if level else "文件标题"


def _paragraphs(held: Held) -> Iterator[Difference]:
    levels: list[tuple[int, tuple[str, str], Spot, Spot, str]] = []
    for number, (pair, ones, twos) in enumerate(held.paragraphs):
        first = held.sides.first.block(pair.first[0], len(pair.first))
        second = held.sides.second.block(pair.second[0], len(pair.second))
        text = "".join(paragraph.text for paragraph in twos)
        where = held.sides.where(first, second, quote_of(text))
        if len(pair.first) < len(pair.second):
            count = len(pair.second)
            what = f"一段拆成了{count}段，第2段从“{quote_of(twos[1].text)}”起"
            yield _told("paragraph.split", "分段", where, "1段", f"{count}段", first, second, what)
        elif len(pair.first) > len(pair.second):
            count = len(pair.first)
            what = f"{count}段并成了一段，原第2段从“{quote_of(ones[1].text)}”起"
            yield _told("paragraph.joined", "分段", where, f"{count}段", "1段", first, second, what)
        if ones[0].level != twos[0].level:
            names = level_name(ones[0].level), level_name(twos[0].level)
            levels.append((number, names, first, second, where))
        if not text.strip() and held.fold(ones[0].text) != held.fold(twos[0].text) and not ones[0].text.strip():
            counts = [f"{held.fold(paragraph.text).count(chr(10)) + 1}行" for paragraph in (ones[0], twos[0])]
            yield _told("blank.changed", "空行", where, counts[0], counts[1], first, second)
        if not held.mixed and ones[0].page_break != twos[0].page_break:
            yield _page_break(where, twos[0].page_break, first, second)
    for (_, names), group in groupby(enumerate(levels), key=lambda each: (each[1][0] - each[0], each[1][1])):
        same = [each for _, each in group]
        _, _, first, second, where = same[0]
        spots = replace(first, count=len(same)), replace(second, count=len(same))
        where += f"等{len(same)}段" if len(same) > 1 else ""
        yield _told(
            "heading.changed", "标题级别", where, names[0], names[1], *(spots if len(same) > 1 else (first, second))
        )


def _page_break(where: str, added: bool, first: Spot, second: Spot) -> Difference:
    words = ("不另起页", "另起一页")
    before, after = words if added else words[::-1]
    kind = f"page-break.{'added' if added else 'gone'}"
    return _told(kind, "分页", where, before, after, first, second, f"由{before}改为{after}")


def _breaks_before_tables(held: Held) -> Iterator[Difference]:
    """A table begins a page where its first paragraph does."""
    if held.mixed:
        return
    for pair in held.tables:
        wants = [_begins_page(grid.tables[0]) for grid in (pair.first, pair.second)]
        if wants[0] != wants[1]:
            first = held.sides.first.block(pair.first.blocks[0])
            second = held.sides.second.block(pair.second.blocks[0])
            yield _page_break(held.sides.where(first, second), wants[1], first, second)


def _begins_page(table: Table) -> bool:
    return any(paragraph.page_break for cell in table.cells[:1] for paragraph in cell.paragraphs)


# ---- tables


def _table(held: Held, pair: TablePair) -> Iterator[Difference]:
    first = held.sides.first.block(pair.first.blocks[0], len(pair.first.blocks))
    second = held.sides.second.block(pair.second.blocks[0], len(pair.second.blocks))
    where = held.sides.where(first, second)
    counts = len(pair.first.blocks), len(pair.second.blocks)
    if counts[0] != counts[1]:
        split = counts[0] < counts[1]
        grid = pair.second if split else pair.first
        at = next(row for row, (block, _) in enumerate(grid.origins) if block == grid.blocks[1])
        row = shortened(grid.row_text(at))
        what = (
            f"一个表格拆成了{counts[1]}个，第2个从“{row}”起"
            if split
            else f"{counts[0]}个表格并成了一个，原第2个从“{row}”起"
        )
        kind = "table.split" if split else "table.joined"
        yield _told(kind, "表格", where, f"{counts[0]}个", f"{counts[1]}个", first, second, what)
    yield from _merges(held, pair)
    heads = pair.first.heads, pair.second.heads
    if heads[0] != heads[1] and not _rows_explain(pair):
        yield _told("head.changed", "表头行数", where, f"{heads[0]}行", f"{heads[1]}行", first, second)
    yield from _widths(held, pair, where, first, second)


def _rows_explain(pair: TablePair) -> bool:
    """Whether a row of the head came or went, which is told already."""
    gone = sum(row < pair.first.heads for row in pair.rows.gone)
    added = sum(row < pair.second.heads for row in pair.rows.added)
    return pair.first.heads - gone == pair.second.heads - added


def _merges(held: Held, pair: TablePair) -> Iterator[Difference]:
    for region in pair.regions:
        ones = [pair.first.cells[n] for n in region.first]
        twos = [pair.second.cells[n] for n in region.second]
        first = held.sides.first.of_cell(pair.first, ones[0], max(1, len(ones))) if ones else None
        second = held.sides.second.of_cell(pair.second, twos[0], max(1, len(twos))) if twos else None
        where = held.sides.where(first, second)
        names = [_named(pair, region, side) for side in (0, 1)]
        before, after = (f"{len(cells)}个单元格" for cells in (ones, twos))
        if not ones or not twos:
            what = "少了一个单元格" if ones else "多了一个单元格"
            kind = "cell.gone" if ones else "cell.added"
            yield _told(kind, "单元格", where, names[0], names[1], first, second, what)
            continue
        if len(twos) == 1:
            what = f"{before}合并成了一个{names[0]}"
        elif len(ones) == 1:
            what = f"一个单元格拆分成了{after}{names[1]}"
        else:
            what = f"合并方式不同，由{before}改为{after}"
        if lost := [text for text in lost_texts(pair, region) if Layer.TEXT in held.layers]:
            named = "、".join(f"“{shortened(text, 20)}”" for text in lost[:_MOST_NAMED])
            what += f"，{named}{'不再出现' if len(twos) < len(ones) else '是新出现的'}"
        yield _told("merge.changed", "合并单元格", where, before, after, first, second, what)


def _named(pair: TablePair, region: Region, side: int) -> str:
    grid = (pair.first, pair.second)[side]
    numbers = (region.first, region.second)[side]
    texts = [shortened(grid.cells[n].text, 12) for n in numbers if grid.cells[n].text.strip()]
    named = "、".join(f"“{text}”" for text in texts[:_MOST_NAMED])
    return f"（{named}{'等' if len(texts) > _MOST_NAMED else ''}）" if named else ""


def _widths(held: Held, pair: TablePair, where: str, first: Spot, second: Spot) -> Iterator[Difference]:
    widths = pair.first.tables[0].widths, pair.second.tables[0].widths
    # What a column takes that came or went, others give.
    if pair.columns_gone or pair.columns_added or len(widths[0]) < pair.first.width:
        return
    if len(widths[1]) < pair.second.width:
        return
    changed = [
        (one, two) for one, two in pair.columns if not is_equal(_LENGTH, widths[0][one], widths[1][two], held.tolerance)
    ]
    if not changed:
        return
    shown = changed[:_MOST_NAMED]
    told = "，".join(
        f"「{pair.second.names[two]}」{widths[0][one]:.1f}毫米 → {widths[1][two]:.1f}毫米" for one, two in shown
    )
    more = f"等{len(changed)}列" if len(changed) > len(shown) else ""
    before, after = ("、".join(f"{widths[k][each[k]]:.1f}毫米" for each in shown) for k in (0, 1))
    spots = (
        replace(first, column=pair.first.names[changed[0][0]]),
        replace(second, column=pair.second.names[changed[0][1]]),
    )
    yield _told("widths.changed", "列宽", where, before, after, *spots, f"列宽不同，{told}{more}")
