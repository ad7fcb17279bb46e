"""Differences of pages in the words of who lays a document out (版面差异的说法): 第12页：第5行以下整体下移10毫米."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportgen.comparison.model import Box, Content, Difference, Layer, PageFacts, Spot, Table
from reportgen.comparison.pages.page_marks import Mark
from reportgen.comparison.pages.page_units import Unit
from reportgen.comparison.pages.page_walk import Finding, Kind
from reportgen.comparison.telling import plain

# A line's number is told by its baseline; lines of one row of a table stand nearer than this.
_SAME_LINE_MM = 1.0
_ALIKE_MM = 0.3
_LONGEST_LABEL = 8
_AROUND = 6

Units = tuple[Sequence[Unit], Sequence[Unit]]


def tell_sizes(first: Content, second: Content) -> Difference:
    """Pages of another size (纸张大小)."""
    sizes = [{_paper(page) for page in content.pages} for content in (first, second)]
    # Where the same sizes follow each other in another order, the first pages that differ in them.
    pairs = zip(first.pages, second.pages, strict=False)
    unlike = next((pair for pair in pairs if _paper(pair[0]) != _paper(pair[1])), (first.pages[0], second.pages[0]))
    one = next((page for page in first.pages if _paper(page) not in sizes[1]), unlike[0])
    two = next((page for page in second.pages if _paper(page) not in sizes[0]), unlike[1])
    before, after = _paper(one), _paper(two)
    where = _pages({page.number for page in first.pages if _paper(page) == before})
    return _difference(
        "page.size", "纸张", before, after, (_whole(one),), (_whole(two),), f"{where}：纸张 {before} → {after}"
    )


def _paper(page: PageFacts) -> str:
    return f"{page.width:.0f}×{page.height:.0f}毫米{'横向' if page.width > page.height else '纵向'}"


def _whole(page: PageFacts) -> Box:
    return Box(page.number, 0, 0, page.width, page.height)


def tell_page_count(first: Content, second: Content) -> Difference:
    """Another number of pages (页数) for which nothing else stands."""
    before, after = len(first.pages), len(second.pages)
    last = (_whole(first.pages[-1]),), (_whole(second.pages[-1]),)
    return _difference("page.count", "页数", f"{before}页", f"{after}页", *last, f"页数：{before}页 → {after}页")


# ---- text that stands elsewhere


def tell_finding(finding: Finding, units: Units, first: Content, second: Content) -> Difference:
    """One finding about the text (文字位置) as a difference."""
    where = _where(finding, units, first, second)
    amount = _amount(finding.down, finding.right)
    before, after, said, subject = "", amount, f"{where}{amount}", "位置"
    unit = (finding.units or finding.others)[0]
    match finding.kind:
        case Kind.MOVED if finding.to_end:
            whole = _begins_page(finding, units)
            said = f"{where}{'' if whole else '以下'}整体{amount}"
        case Kind.BREAK if finding.first[0].page == finding.second[0].page and len(unit.frames) == len(
            finding.others[0].frames
        ):
            subject = "分页"
            before, after = (f"前页{_lines_on_first_page(each)}行" for each in (unit, finding.others[0]))
            said = f"{unit.quoted}一段跨页处不同：{before} → {after}"
        case Kind.BREAK:
            subject, before, after = (
                "分页",
                _page_place(finding.first[0], units[0]),
                _page_place(finding.second[0], units[1]),
            )
            said = f"{unit.quoted}处分页不同：{before} → {after}"
        case Kind.BLANK:
            one, two = finding.first[0].page, finding.second[0].page
            subject, before, after = "分页", f"第{one}页", f"第{two}页"
            pages = f"{'多' if finding.down > 0 else '少'}了{abs(finding.down):.0f}页"
            said = f"第{one}页前{pages}：{unit.quoted}{before} → {after}"
        case Kind.LINES:
            subject, before, after = "换行", _count_lines(finding.units), _count_lines(finding.others)
            said = f"{where}换行位置不同：{before} → {after}"
        case Kind.PITCH:
            subject = "行距" if unit.row is None else "格内位置"
            said = f"{where}{'行距不同，末行' if unit.row is None else '格内文字'}{amount}"
        case Kind.HEIGHT:
            subject, before, after = (
                "行高",
                f"{_height(finding.units[0]):.1f}毫米",
                f"{_height(finding.others[0]):.1f}毫米",
            )
            said = f"{where}行高 {before} → {after}"
        case Kind.WIDTH:
            subject, after = "行宽", f"{'宽' if finding.right > 0 else '窄'}{abs(finding.right):.1f}毫米"
            said = f"{where}文字排得{after}"
        case Kind.TEXT:
            subject, before, after = "内容", *_contents(finding)
            said = f"{where}内容不同：{before or '（无）'} → {after or '（无）'}"
    spots = _unit_spot(finding.units, finding.first), _unit_spot(finding.others, finding.second)
    return replace(
        _difference(finding.kind.value, subject, before, after, (), (), said), first=spots[0], second=spots[1]
    )


def _unit_spot(units: Sequence[Unit], boxes: Sequence[Box]) -> Spot | None:
    if not boxes:
        return None
    unit = units[0] if units else None
    return Spot(
        part=unit.part if unit else "", page=boxes[0].page, boxes=tuple(boxes), block=unit.block if unit else None
    )


def _contents(finding: Finding) -> tuple[str, str]:
    """What both sides say, around the first letter that differs where each has one unit."""
    if len(finding.units) != 1 or len(finding.others) != 1:
        return _quoted(finding.units), _quoted(finding.others)
    one, two = (plain(units[0].text.replace("│", " ")) for units in (finding.units, finding.others))
    same = next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    start = max(same - _AROUND, 0)
    return tuple(
        f"“{'…' if start else ''}{text[start : same + 2 * _AROUND]}{'…' if same + 2 * _AROUND < len(text) else ''}”"
        for text in (one, two)
    )  # type: ignore[return-value]


def _quoted(units: Sequence[Unit]) -> str:
    if len(units) > 1:
        return f"{units[0].quoted}等{len(units)}段"
    return units[0].quoted if units else ""


def _count_lines(units: Sequence[Unit]) -> str:
    return f"{sum(len(cell) for unit in units for cell in unit.lines)}行"


def _lines_on_first_page(unit: Unit) -> int:
    return max(sum(box.page == unit.frames[0].page for box in cell) for cell in unit.lines)


def _height(unit: Unit) -> float:
    return sum(frame.bottom - frame.top for frame in unit.frames)


def _where(finding: Finding, units: Units, first: Content, second: Content) -> str:
    """`第12页：第5—9行`, `第12页：表格序号3一行`; all of whole pages is said by the pages alone."""
    boxes, side = (finding.first, 0) if finding.first else (finding.second, 1)
    own = finding.units if side == 0 else finding.others
    content = first if side == 0 else second
    pages = _pages({box.page for box in boxes})
    if finding.first and finding.second and finding.first[0].page != finding.second[0].page:
        pages += f"（现{_pages({box.page for box in finding.second})}）"
    if len({box.page for box in boxes}) > 1 or (finding.kind is Kind.MOVED and _begins_page(finding, units)):
        whole = finding.kind is Kind.MOVED and _begins_page(finding, units)
        return f"{pages}：{'全页' if whole else own[0].quoted + ('等处' if len(own) > 1 else '')}"
    if own[0].row is not None:
        last = f"—{_row(own[-1], content)}" if len(own) > 1 and not finding.to_end else ""
        return f"{pages}：表格{_row(own[0], content)}{last}"
    tops = _line_tops(units[side], boxes[0].page)
    moved = finding.kind in (Kind.SHIFTED, Kind.WIDTH)
    lines = (
        boxes if moved else [box for unit in own for cell in unit.lines for box in cell if box.page == boxes[0].page]
    )
    start = _line_number(tops, min(box.top for box in lines))
    end = _line_number(tops, max(box.top for box in lines))
    span = f"第{start}行" if finding.to_end or start == end else f"第{start}—{end}行"
    begins = min(box.top for box in lines) <= own[0].frames[0].top + _SAME_LINE_MM
    return f"{pages}：{span}（{own[0].quoted}）" if begins else f"{pages}：{span}"


def _row(unit: Unit, content: Content) -> str:
    table = content.blocks[unit.block]
    label = unit.text.partition("│")[0]
    if label.isdecimal() and len(label) <= _LONGEST_LABEL:
        return f"序号{label}"
    heads = table.head_rows if isinstance(table, Table) else 0
    row = (unit.row or 0) - heads + 1
    return f"第{row}行" if row > 0 else "表头"


def _begins_page(finding: Finding, units: Units) -> bool:
    """Whether all of its page has moved, from the first line on."""
    if not finding.first:
        return False
    page = finding.first[0].page
    top = min((frame.top for unit in units[0] for frame in unit.frames if frame.page == page), default=0.0)
    return abs(finding.first[0].top - top) < _SAME_LINE_MM and finding.to_end


def _line_tops(units: Sequence[Unit], page: int) -> list[float]:
    tops = sorted({box.top for unit in units for cell in unit.lines for box in cell if box.page == page})
    found: list[float] = []
    for top in tops:
        if not found or top - found[-1] > _SAME_LINE_MM:
            found.append(top)
    return found


def _line_number(tops: Sequence[float], top: float) -> int:
    return sum(each <= top + _SAME_LINE_MM for each in tops)


def _page_place(box: Box, units: Sequence[Unit]) -> str:
    tops = _line_tops(units, box.page)
    number = _line_number(tops, box.top)
    return f"第{box.page}页首" if number <= 1 else f"第{box.page}页第{number}行"


# ---- what stands beside the text

_SUBJECTS = {
    "page.edge-moved": "页码和页眉页脚",
    "page.edge-gone": "页码和页眉页脚",
    "page.edge-come": "页码和页眉页脚",
    "page.rule-changed": "线条",
    "page.rule-gone": "线条",
    "page.rule-come": "线条",
    "page.picture-moved": "图片",
    "page.picture-gone": "图片",
    "page.picture-come": "图片",
    "page.picture-changed": "图片",
    "page.cell-moved": "格内位置",
    "page.look": "图形和底色",
}


def tell_marks(
    marks: Sequence[Mark], first: Content, second: Content
) -> Iterator[tuple[tuple[tuple[Box, ...], tuple[Box, ...]], Difference]]:
    """What differs beside the text (附着物差异): the same on several pages, or several times on one, is told once."""
    groups: list[list[Mark]] = []
    for mark in marks:
        group = next((group for group in groups if _alike(group[-1], mark)), None)
        if group is None:
            groups.append([mark])
        else:
            group.append(mark)
    for group in groups:
        boxes = tuple(box for mark in group for box in mark.first), tuple(box for mark in group for box in mark.second)
        yield boxes, _told(group, boxes)


def _alike(one: Mark, other: Mark) -> bool:
    """Whether two marks are one difference: the same thing on the same or a later page."""
    if one.kind != other.kind:
        return False
    if one.kind == "page.rule-changed" and one.thick != other.thick:
        return False
    return abs(one.down - other.down) < 2 * _ALIKE_MM and abs(one.right - other.right) < 2 * _ALIKE_MM


def _told(group: Sequence[Mark], boxes: tuple[tuple[Box, ...], tuple[Box, ...]]) -> Difference:
    mark = group[0]
    where = _pages({box.page for box in boxes[0] or boxes[1]})
    subject = _SUBJECTS[mark.kind]
    before = after = ""
    match mark.kind:
        case "page.edge-moved":
            what = "页码" if any(letter.isdigit() for letter in mark.said) and len(mark.said) < 12 else f"“{mark.said}”"
            after = _amount(mark.down, mark.right)
            said = f"{where}：{what}{after}"
        case "page.edge-gone":
            before, said = mark.said, f"{where}：少了“{mark.said}”"
        case "page.edge-come":
            after, said = mark.said, f"{where}：多了“{mark.said}”"
        case "page.rule-changed" if abs(mark.thick[0] - mark.thick[1]) > 0.1:
            before, after = (f"{thick:g}磅" for thick in mark.thick)
            said = f"{where}：{_count(group, '条', '线条')}粗细 {before} → {after}"
        case "page.rule-changed":
            after = _amount(mark.down, mark.right) if mark.down or mark.right else "长短不同"
            said = f"{where}：{_count(group, '条', '线条')}{after}"
        case "page.rule-gone":
            said = f"{where}：少了{_count(group, '条', '线条')}"
        case "page.rule-come":
            said = f"{where}：多了{_count(group, '条', '线条')}"
        case "page.picture-moved":
            after = _amount(mark.down, mark.right)
            said = f"{where}：{_count(group, '幅', '图片')}{after}"
        case "page.picture-gone":
            said = f"{where}：少了{_count(group, '幅', '图片')}"
        case "page.picture-come":
            said = f"{where}：多了{_count(group, '幅', '图片')}"
        case "page.cell-moved":
            after = _amount(mark.down, mark.right)
            said = f"{where}：{len(group)}个合并单元格里的文字{after}"
        case "page.picture-changed":
            said = f"{where}：图片的内容不同"
        case _:
            said = f"{where}：文字和位置相同，看上去不同（颜色、底色或图形）"
    return _difference(mark.kind, subject, before, after, *boxes, said)


def _count(group: Sequence[Mark], measure: str, thing: str) -> str:
    times = len(group) // max(len({box.page for mark in group for box in mark.first or mark.second}), 1)
    return f"{times}{measure}{thing}" if times > 1 else f"一{measure}{thing}"


# ---- words


def _difference(
    kind: str, subject: str, before: str, after: str, first: Sequence[Box], second: Sequence[Box], said: str
) -> Difference:
    spots = [Spot(page=boxes[0].page, boxes=tuple(boxes)) if boxes else None for boxes in (first, second)]
    return Difference(
        layer=Layer.PAGE,
        kind=kind,
        subject=subject,
        before=before,
        after=after,
        first=spots[0],
        second=spots[1],
        said=said,
    )


def _amount(down: float, right: float) -> str:
    """`下移10毫米`, `左移3.5毫米`."""
    said = []
    if abs(down) >= 0.05:
        said.append(f"{'下' if down > 0 else '上'}移{round(abs(down), 1):g}毫米")
    if abs(right) >= 0.05:
        said.append(f"{'右' if right > 0 else '左'}移{round(abs(right), 1):g}毫米")
    return "、".join(said)


def _pages(numbers: set[int]) -> str:
    """`第3页`, `第3—60页`, `第3、5—7页`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    listed = "、".join("—".join(map(str, run)) for run in runs[:6])
    return f"第{listed}页" if len(runs) <= 6 else f"第{listed}页等{len(numbers)}页"
