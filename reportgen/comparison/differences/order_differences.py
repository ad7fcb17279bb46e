"""What is gone, added, or stands elsewhere (增删与移动): paragraphs, tables, rows, columns.

Neighbours are one difference with their count. It is told in the layer of the text; where that is not asked for, or
nothing is written there, in that of the structure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.counterparts.paired_tables import TablePair
from reportgen.comparison.letters import unspaced
from reportgen.comparison.model import Difference, Layer, Paragraph, Spot, Table
from reportgen.comparison.places import old_words
from reportgen.comparison.telling import difference, quote_of, shortened

_COARSE = "（改动较多，未逐处对照）"


def order_differences(held: Held) -> Iterator[Difference]:
    """Blocks, rows and columns that are gone, added, moved (增删与移动)."""
    if not held.layers & {Layer.TEXT, Layer.STRUCTURE}:
        return
    yield from _blocks(held, gone=True)
    yield from _blocks(held, gone=False)
    yield from _moved_blocks(held)
    for pair in held.tables:
        yield from _columns(held, pair)
        yield from _rows(held, pair, gone=True)
        yield from _rows(held, pair, gone=False)
        yield from _moved_rows(held, pair)


def _layer(held: Held, has_text: bool) -> Layer | None:
    layer = held.order_layer if has_text else Layer.STRUCTURE
    return layer if layer in held.layers else None


def _runs(numbers: Sequence[int], apart: Callable[[int, int], bool]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and not apart(runs[-1][-1], number):
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


# ---- blocks


def _blocks(held: Held, gone: bool) -> Iterator[Difference]:
    content, places = (held.first, held.sides.first) if gone else (held.second, held.sides.second)
    numbers = held.blocks.gone if gone else held.blocks.added
    image = {}
    for pair in held.blocks.pairs:
        ours, theirs = (pair.first, pair.second) if gone else (pair.second, pair.first)
        if not pair.moved:
            image.update(dict.fromkeys(ours, theirs[-1]))
    blocks = content.blocks
    blank = [isinstance(block, Paragraph) and not block.text.strip() for block in blocks]

    def apart(before: int, number: int) -> bool:
        if blocks[before].part != blocks[number].part:
            return True
        # Blank paragraphs that a file of another kind does not know stand between.
        return any(not blank[n] or n in image for n in range(before + 1, number))

    near = -1
    waiting = 0
    for run in _runs(numbers, apart):
        for n in range(waiting, run[0]):
            near = image.get(n, near)
        waiting = run[0]
        neighbour = (held.sides.second if gone else held.sides.first).near(near)
        full = [n for n in run if not blank[n]]
        layer = _layer(held, any(_says(blocks[n]) for n in full))
        if layer is None:
            continue
        spot = places.block((full or run)[0], len(run))
        yield _block_run(held, layer, gone, [blocks[n] for n in full or run], bool(full), spot, neighbour)


def _says(block: Paragraph | Table) -> bool:
    if isinstance(block, Paragraph):
        return bool(block.text.strip())
    return any(cell.text.strip() for cell in block.cells)


def _block_run(
    held: Held,
    layer: Layer,
    gone: bool,
    blocks: Sequence[Paragraph | Table],
    full: bool,
    spot: Spot,
    neighbour: Spot | None,
) -> Difference:
    tables = [block for block in blocks if isinstance(block, Table)]
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    lines = spot.table == 0 and held.second.kind.value == "text"
    counted = []
    if paragraphs:
        counted.append(f"{_count(len(paragraphs))}{'个空行' if not full else '行' if lines else '段'}")
    if tables:
        counted.append(f"{_count(len(tables))}个表格")
    quote = ""
    if full:
        texts = [_first_words(block) for block in blocks]
        quote = next(filter(None, texts), "")
    subject = "空行" if not full else "表格" if not paragraphs else "段落"
    kind = {"空行": "blank", "表格": "table", "段落": "paragraph"}[subject]
    what = f"{'删去' if gone else '增加'}{'、'.join(counted)}" + (f"“{quote}”" if quote else "")
    if held.blocks.coarse and len(blocks) > 1:
        what += _COARSE
    places = held.sides.first if gone else held.sides.second
    where = places.words(spot, old=gone) if full else _behind(held, gone, spot)
    return difference(
        layer,
        f"{kind}.{'gone' if gone else 'added'}",
        subject,
        where=where + ("起" if len(blocks) > 1 and spot.paragraph else ""),
        what=what,
        before=quote if gone else "",
        after="" if gone else quote,
        first=spot if gone else neighbour,
        second=neighbour if gone else spot,
    )


def _behind(held: Held, gone: bool, spot: Spot) -> str:
    """Where a blank line stands: behind the paragraph before it."""
    content, places = (held.first, held.sides.first) if gone else (held.second, held.sides.second)
    for n in range((spot.block or 0) - 1, -1, -1):
        block = content.blocks[n]
        if _says(block) and block.part == spot.part:
            quote = quote_of(block.text) if isinstance(block, Paragraph) else ""
            return places.words(places.block(n), quote, old=gone) + "之后"
    return f"{spot.part}开头"


def _first_words(block: Paragraph | Table) -> str:
    if isinstance(block, Paragraph):
        return shortened(block.text)
    return shortened("｜".join(filter(None, (unspaced(cell.text) for cell in block.cells[:12]))))


def _count(number: int) -> str:
    return "一" if number == 1 else str(number)


def _moved_blocks(held: Held) -> Iterator[Difference]:
    layer = _layer(held, True)
    if layer is None:
        return
    pairs = [(pair.first[0], pair.second[0]) for pair in held.blocks.pairs if not pair.moved]
    moved = [(pair.first[0], pair.second[0]) for pair in held.blocks.pairs if pair.moved]
    for run, partner in _moves(pairs, moved):
        i, j = run[0]
        first, second = held.sides.first.block(i, len(run)), held.sides.second.block(j, len(run))
        table = isinstance(held.first.blocks[i], Table)
        quote = _first_words(held.first.blocks[i])
        unit = "个表格" if table else "段"
        where, old = held.sides.second.words(second), held.sides.first.words(first, old=True)
        if partner:
            other = held.sides.first.block(partner[0])
            what = f"“{quote}”与“{_first_words(held.first.blocks[partner[0]])}”对调了位置"
            where = f"{held.sides.first.words(first)}与{held.sides.first.words(other)}"
        else:
            what = f"{_count(len(run))}{unit}“{quote}”移到这里（{old}）"
        yield difference(
            layer,
            "table.moved" if table else "paragraph.moved",
            "位置",
            where=where,
            what=what,
            before=quote,
            after=quote,
            first=first,
            second=second,
        )


_Pairs = Sequence[tuple[int, int]]


def _moves(pairs: _Pairs, moved: _Pairs) -> list[tuple[list[tuple[int, int]], tuple[int, int] | None]]:
    """Moved ones in runs, each with the one that it changed places with, if there is one."""
    every = [*pairs, *moved]
    rank = (
        {i: n for n, i in enumerate(sorted(i for i, _ in every))},
        {j: n for n, j in enumerate(sorted(j for _, j in every))},
    )
    by_ranks = {(rank[0][i], rank[1][j]): (i, j) for i, j in every}
    found: list[tuple[list[tuple[int, int]], tuple[int, int] | None]] = []
    told: set[tuple[int, int]] = set()
    kept = set(pairs)
    for i, j in sorted(moved):
        if (i, j) in told:
            continue
        partner = by_ranks.get((rank[1][j], rank[0][i]))
        # Of two neighbours that change places one is moved, the other kept.
        if partner and partner != (i, j) and (partner not in kept or abs(rank[0][i] - rank[1][j]) == 1):
            told.add(partner)
            found.append(([(i, j)], partner))
        elif found and found[-1][1] is None and found[-1][0][-1] == (i - 1, j - 1):
            found[-1][0].append((i, j))
        else:
            found.append(([(i, j)], None))
    return found


# ---- rows and columns


def _rows(held: Held, pair: TablePair, gone: bool) -> Iterator[Difference]:
    numbers = pair.rows.gone if gone else pair.rows.added
    if not numbers:
        return
    grid, places = (pair.first, held.sides.first) if gone else (pair.second, held.sides.second)
    other, others = (pair.second, held.sides.second) if gone else (pair.first, held.sides.first)
    side = 0 if gone else 1
    linked = frozenset([cells[side] for cells in pair.cells])
    linked |= {number for region in pair.regions for number in (region.first, region.second)[side]}
    image = {rows[side]: rows[1 - side] for rows in pair.rows.pairs}
    texts = [tuple(unspaced(grid.cells[n].text) for n in row) for row in grid.starting]
    for run in _runs(numbers, lambda before, number: number != before + 1):
        quotes = [grid.row_text(row, linked) for row in run]
        layer = _layer(held, any(_is_said(grid.row_text(row, linked), grid.label(row)) for row in run))
        if layer is None:
            continue
        before = next((image[row] for row in range(run[0] - 1, -1, -1) if row in image), -1)
        neighbour = others.near_row(other, before)
        quote = shortened(next(filter(None, quotes), ""), 40)
        what = f"{'删去' if gone else '增加'}{_count(len(run))}行" + (f"“{quote}”" if quote else "（空行）")
        if len(run) == 1 and quote:
            twin = next(
                (r for r in (run[0] - 1, run[0] + 1) if 0 <= r < len(texts) and texts[r] == texts[run[0]]), None
            )
            what += "" if twin is None else "（与相邻的一行相同）"
        if pair.rows.coarse and len(run) > 1:
            what += _COARSE
        spot = places.row(grid, run[0], len(run))
        yield difference(
            layer,
            f"row.{'gone' if gone else 'added'}",
            "行",
            where=places.words(spot, old=gone) + ("起" if len(run) > 1 else ""),
            what=what,
            before=quote if gone else "",
            after="" if gone else quote,
            first=spot if gone else neighbour,
            second=neighbour if gone else spot,
        )


def _is_said(text: str, label: str) -> bool:
    """Whether more stands in a row than its ordinal: a blank form's row says nothing."""
    return unspaced(text) != label


def _moved_rows(held: Held, pair: TablePair) -> Iterator[Difference]:
    layer = _layer(held, True)
    if layer is None:
        return
    for run, partner in _moves(pair.rows.pairs, pair.rows.moved):
        i, j = run[0]
        first, second = held.sides.first.row(pair.first, i, len(run)), held.sides.second.row(pair.second, j, len(run))
        quote = shortened(pair.first.row_text(i))
        if partner:
            other = held.sides.first.row(pair.first, partner[0])
            where = f"{held.sides.first.words(first)}与第{other.row}行"
            what = f"两行对调了位置，“{quote}”现在第{second.row}行"
        else:
            where = held.sides.second.words(second)
            what = f"{_count(len(run))}行“{quote}”移到这里（{old_words(f'第{first.row}行', True)}）"
        yield difference(
            layer,
            "row.moved",
            "位置",
            where=where,
            what=what,
            before=quote,
            after=quote,
            first=first,
            second=second,
        )


def _columns(held: Held, pair: TablePair) -> Iterator[Difference]:
    sides = ((True, pair.columns_gone), (False, pair.columns_added))
    for gone, numbers in sides:
        grid, places = (pair.first, held.sides.first) if gone else (pair.second, held.sides.second)
        other, others = (pair.second, held.sides.second) if gone else (pair.first, held.sides.first)
        for run in _runs(numbers, lambda before, number: number != before + 1):
            own = {row[c] for row in grid.slots for c in run if row[c] >= 0}
            says = any(grid.cells[n].columns <= len(run) and grid.cells[n].text.strip() for n in own)
            layer = _layer(held, says)
            if layer is None:
                continue
            names = "".join(f"「{grid.names[c]}」" for c in run[:4])
            spot = places.column(grid, run[0], len(run))
            neighbour = others.column(other, min(run[0], max(other.width - 1, 0)))
            yield difference(
                layer,
                f"column.{'gone' if gone else 'added'}",
                "列",
                where=places.words(_table(spot)),
                what=f"{'删去' if gone else '增加'}{_count(len(run))}列{names}",
                before=names if gone else "",
                after="" if gone else names,
                first=spot if gone else neighbour,
                second=neighbour if gone else spot,
            )
    layer = _layer(held, True)
    if layer is None or not pair.moved:
        return
    kept = [each for each in pair.columns if each not in set(pair.moved)]
    for moved, partner in _moves(kept, pair.moved):
        names = "".join(f"「{pair.second.names[j]}」" for _, j in moved)
        first = held.sides.first.column(pair.first, moved[0][0], len(moved))
        second = held.sides.second.column(pair.second, moved[0][1], len(moved))
        at = moved[0][1]
        behind = f"「{pair.second.names[at - 1]}」之后" if at else "最前"
        what = f"{names}列移到{behind}"
        if partner:
            what = f"{names}列与「{pair.second.names[partner[1]]}」列对调了位置"
        yield difference(
            layer,
            "column.moved",
            "列",
            where=held.sides.second.words(_table(second)),
            what=what,
            before=names,
            after=names,
            first=first,
            second=second,
        )


def _table(spot: Spot) -> Spot:
    return Spot(part=spot.part, table=spot.table)
