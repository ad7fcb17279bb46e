"""What a page end does to a table in Typst (续页): which lines stay together, and categories that are printed again.

Typst repeats head and foot of a table and cuts rows and merged cells by itself. What it does not do is here: so many
lines on each side of a cut, and a merged category on each page that it reaches. Its equal is `pdf_continued`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from reportgen.writers.measure import char_width
from reportgen.writers.typst_text import points, words

_LINE_END = "\n"

# A cut between two of these leaves no mark at a line's wrong end and parts no word.
_SAFE = re.compile(r"(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff])|(?<=\n)|(?=\n)")


NEXT_TABLE = 'table_count += 1; let table_name = "table-" + str(table_count)'
"""What a table begins with: a name of its own for its marks, since a document may have two equal tables."""


def parted_definitions() -> Iterator[str]:
    """The functions of tables that stand on more than one page (续页函数)."""
    yield from _DEFINITIONS


# Of a table that is parted only what is asked for by its name is looked up, and page numbers by halving: the time
# of a long table stays in proportion to its rows.
_DEFINITIONS = (
    "let table_count = 0",
    # Where something stands, for the feet of the pages.
    "let table_mark(name, value: none) = [#metadata(value)#label(name)]",
    # A text that is kept whole and printed again on the pages behind: its mark is where it stands first.
    "let table_category(name, key, it) = block(breakable: false, width: 100%, "
    "{ place(top + left, table_mark(name, value: key)); it })",
    # A text of at most so many lines that no page end parts; a part of a row has room for `room` lines at least.
    "let table_whole(it, room: 0pt) = block(breakable: false, width: 100%, inset: (y: room / 2), it)",
    # How many of the marks stand before that page.
    """let table_before(marks, page) = {
  let (low, high) = (0, marks.len())
  while low < high {
    let middle = calc.quo(low + high, 2)
    if marks.at(middle).location().page() < page { low = middle + 1 } else { high = middle }
  }
  low
}""",
    # The text with the beginning and the end of `least` lines each kept together. `pieces` are the parts between which
    # the end may be cut off; those before `guess` should be all lines but the last, which `count` lines are likely.
    """let table_lines(width, pitch, least, justify, head, pieces, tail, guess, count) = context {
  let lines(it) = calc.round(measure(block(width: width, it)).height / pitch)
  let until(cut) = { head; pieces.slice(0, cut).join() }
  let from(cut) = { pieces.slice(cut).join(); tail }
  let cut = guess
  if count < 2 * least or lines(from(cut)) != least or lines(until(cut)) != count - least {
    let whole = until(pieces.len()) + tail
    let counted = lines(whole)
    if counted < 2 * least { return block(breakable: false, width: 100%, whole) }
    let (low, high, step) = (0, pieces.len() + 1, 1)
    while high - low > 1 {
      if lines(until(cut)) <= counted - least { low = cut; cut += step } else { high = cut; cut -= step }
      step *= 2
      if cut <= low or cut >= high { cut = calc.quo(low + high, 2); step = 1 }
    }
    cut = low
    if cut == 0 or cut == pieces.len() { return text(costs: (orphan: 100%, widow: 100%), whole) }
  }
  block(breakable: false, width: 100%, height: least * pitch)
  v(-least * pitch)
  if pieces.at(cut - 1) == linebreak() { until(cut - 1) } else { until(cut); linebreak(justify: justify) }
  block(breakable: false, width: 100%, from(cut))
}""",
    # The foot of a part: the categories that were begun on an earlier page, in the middle of their rows on this one.
    """let table_foot(table, columns) = context {
  let foot = here().position()
  let heads = query(label(table + "-head"))
  let nearest = table_before(heads, foot.page + 1) - 1
  if nearest < 0 { return }
  let head = heads.at(nearest).location().position()
  for (column, x, width, set_text) in columns {
    let begun = query(label(table + "-" + column))
    let latest = table_before(begun, foot.page) - 1
    if latest < 0 { continue }
    // Of those on one page the lowest is the one that may go on; their order there is another one.
    let last = begun.at(latest).location().page()
    let (mark, y) = (none, -1pt)
    while latest >= 0 and begun.at(latest).location().page() == last {
      let place = begun.at(latest).location().position()
      if place.y > y { (mark, y) = (begun.at(latest), place.y) }
      latest -= 1
    }
    let ends = query(label(table + "-end-" + mark.value))
    if ends.len() == 0 { continue }
    let end = ends.first().location().position()
    if end.page < foot.page { continue }
    let lower = if end.page == foot.page { end.y } else { foot.y }
    let shown = set_text(block(width: width, ends.first().value))
    let spare = lower - head.y - measure(shown).height
    if spare > -0.5pt { place(top + left, dx: x, dy: head.y + spare / 2 - foot.y, pdf.artifact(shown)) }
  }
}""",
)


def split_text(text: str, width: float, *, width_pt: float, pitch_pt: float, least: int, justify: bool) -> str:
    """A text that a page end may part, with `least` lines on each side (跨页文字); `width` is in characters.

    Typst counts the lines; here only the places are told between which the last lines can be cut off.
    """
    starts = _line_starts(text, width)
    around = starts[max(0, len(starts) - least)]
    reach = round(1.5 * width)
    low, high = max(0, around - reach), min(len(text), around + reach)
    cuts = sorted({low, *(at.start() for at in _SAFE.finditer(text, low, high)), high})
    pieces = [text[start:end] for start, end in pairwise(cuts)]
    guess = sum(cut <= around for cut in cuts[1:])
    places = "".join(f"{'linebreak()' if piece == _LINE_END else words(piece, width)}, " for piece in pieces)
    cell = f"{points(width_pt)}, {points(pitch_pt)}, {least}, {str(justify).lower()}"
    parts = f"{words(text[:low], width)}, ({places}), {words(text[high:], width)}"
    return f"table_lines({cell}, {parts}, {min(max(guess, 1), len(pieces))}, {len(starts)})"


def _line_starts(text: str, width: float) -> Sequence[int]:
    """Where the lines begin, about."""
    starts, used = [0], 0.0
    for index, character in enumerate(text):
        wide = char_width(character)
        if character == "\n":
            starts.append(index + 1)
            used = 0.0
        elif used + wide > width:
            starts.append(index)
            used = wide
        else:
            used += wide
    return starts
