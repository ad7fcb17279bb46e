"""Two contents held against each other (对照): what belongs together, made once for all layers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reportgen.comparison.contents.parts import with_parts
from reportgen.comparison.counterparts.aligning import Item, align
from reportgen.comparison.counterparts.grids import grid_of
from reportgen.comparison.counterparts.paired_tables import TablePair, pair_tables
from reportgen.comparison.counterparts.pairing import BlockPair, Pairing, pair_blocks
from reportgen.comparison.letters import ordinal_of, seen, seen_on_page, unspaced
from reportgen.comparison.model import Content, FileKind, Layer, Paragraph, Table, Tolerance
from reportgen.comparison.places import Places
from reportgen.comparison.telling import Sides


@dataclass(frozen=True, slots=True)
class Beside:
    """Paragraphs beside the flow that belong together (版心以外的文字): of headers and footers, notes, text boxes.

    `sections` are the numbers of those sections of the second file that have it, empty for notes and boxes.
    """

    name: str
    first: Paragraph | None
    second: Paragraph | None
    sections: tuple[int, ...] = ()
    everywhere: bool = False

    @property
    def where(self) -> str:
        """How a person says where it stands: 页脚, 第3节 页脚."""
        if not self.sections or self.everywhere:
            return self.name
        numbers = "、".join(str(number + 1) for number in self.sections)
        return f"第{numbers}节 {self.name}"


class Held:
    """Both contents with what belongs together of them (对照)."""

    def __init__(self, first: Content, second: Content, layers: frozenset[Layer], tolerance: Tolerance) -> None:
        self.first, self.second = with_parts(first), with_parts(second)
        self.layers, self.tolerance = layers, tolerance
        # A PDF knows neither blank lines, nor where the file wants a page, nor the white space at the ends of lines.
        self.mixed = first.kind is not second.kind
        # On pages nobody can tell the end of a paragraph in a cell from the end of a line.
        self.paged = first.kind is FileKind.PDF is second.kind
        self.fold: Callable[[str], str] = unspaced if self.mixed else seen_on_page if self.paged else seen
        self.sides = Sides(Places(self.first), Places(self.second))

    @property
    def order_layer(self) -> Layer:
        """The layer in which is told what is gone, added and moved: the first that is asked for."""
        return Layer.TEXT if Layer.TEXT in self.layers else Layer.STRUCTURE

    @cached_property
    def blocks(self) -> Pairing:
        """Which block belongs to which."""
        blanks = FileKind.DOCX is self.first.kind is self.second.kind or self.first.kind is FileKind.TEXT
        return pair_blocks(self.first, self.second, self.fold, blanks and not self.mixed)

    @property
    def paragraphs(self) -> Iterator[tuple[BlockPair, tuple[Paragraph, ...], tuple[Paragraph, ...]]]:
        """The paragraphs of the flow that belong together."""
        for pair in self.blocks.pairs:
            ones, twos = self._of(self.first, pair.first), self._of(self.second, pair.second)
            if ones and twos:
                yield pair, ones, twos

    @staticmethod
    def _of(content: Content, numbers: Sequence[int]) -> tuple[Paragraph, ...]:
        return tuple(block for n in numbers if isinstance(block := content.blocks[n], Paragraph))

    @cached_property
    def tables(self) -> tuple[TablePair, ...]:
        """The tables that belong together."""
        found = []
        for pair in self.blocks.pairs:
            sides = [
                [(n, block) for n in numbers if isinstance(block := content.blocks[n], Table)]
                for content, numbers in ((self.first, pair.first), (self.second, pair.second))
            ]
            if all(sides):
                grids = [grid_of([n for n, _ in side], [table for _, table in side], self.fold) for side in sides]
                found.append(pair_tables(*grids))
        return tuple(found)

    @cached_property
    def sections(self) -> tuple[tuple[int | None, int | None], ...]:
        """Which sections have blocks in common, so that one that was cut in two belongs to both; None where none has.

        Those without any belong to each other in their order, if there are as many on both sides.
        """
        pairs = set(self.common_blocks)
        left = (
            [i for i in range(len(self.first.sections)) if all(i != pair[0] for pair in pairs)],
            [j for j in range(len(self.second.sections)) if all(j != pair[1] for pair in pairs)],
        )
        both = sorted(pairs, key=lambda pair: (pair[1], pair[0]))
        if len(left[0]) == len(left[1]):
            return (*both, *zip(*left, strict=True))
        return (*both, *((i, None) for i in left[0]), *((None, j) for j in left[1]))

    @cached_property
    def common_blocks(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """The first blocks that two sections have in common; what was moved from one to the other does not count."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        starts = [[section.first_block for section in side.sections] for side in (self.first, self.second)]
        if all(starts):
            for pair in self.blocks.pairs:
                if not pair.moved:
                    blocks = pair.first[0], pair.second[0]
                    i, j = (max(0, bisect_right(side, block) - 1) for side, block in zip(starts, blocks, strict=True))
                    found.setdefault((i, j), blocks)
        return found

    @cached_property
    def beside(self) -> tuple[Beside, ...]:
        """Headers and footers, notes and text boxes, paragraph by paragraph; equal pairs of several sections once."""
        found: dict[str, tuple[str, Paragraph | None, Paragraph | None, list[int]]] = {}
        both = [(i, j) for i, j in self.sections if i is not None and j is not None]
        for i, j in both:
            one, two = self.first.sections[i].edges, self.second.sections[j].edges
            for name in self._names(one, two):
                for first, second in self._aligned(one.get(name, ()), two.get(name, ())):
                    key = repr((name, _look(first), _look(second)))
                    found.setdefault(key, (name, first, second, []))[3].append(j)
        edges = [
            Beside(name, first, second, tuple(dict.fromkeys(sections)), len(sections) == len(both))
            for name, first, second, sections in found.values()
        ]
        notes: list[dict[str, list[Paragraph]]] = [{}, {}]
        for side, content in zip(notes, (self.first, self.second), strict=True):
            for name, paragraph in content.beside:
                side.setdefault(name, []).append(paragraph)
        for name in self._names(*notes):
            pairs = self._aligned(notes[0].get(name, ()), notes[1].get(name, ()))
            edges += [Beside(name, first, second) for first, second in pairs]
        return tuple(edges)

    def _names(self, first: Mapping[str, object], second: Mapping[str, object]) -> list[str]:
        """What both files know, where they are of different kinds."""
        return [n for n in dict.fromkeys([*first, *second]) if not self.mixed or (n in first and n in second)]

    def _aligned(
        self, first: Sequence[Paragraph], second: Sequence[Paragraph]
    ) -> list[tuple[Paragraph | None, Paragraph | None]]:
        return align_paragraphs(first, second, self.fold)


def _look(paragraph: Paragraph | None) -> object:
    """What of a paragraph counts when several sections have the same."""
    return paragraph and (paragraph.pieces, sorted(paragraph.look.items(), key=lambda each: each[0]), paragraph.level)


def align_paragraphs(
    first: Sequence[Paragraph], second: Sequence[Paragraph], fold: Callable[[str], str]
) -> list[tuple[Paragraph | None, Paragraph | None]]:
    """Paragraphs of a cell, a footer, notes side by side (段落对位), blank ones left out; None where there is none."""
    ones, twos = ([p for p in side if fold(p.text).strip()] for side in (first, second))
    if len(ones) == len(twos) == 1:
        return [(ones[0], twos[0])]
    items = [
        [
            Item(
                keys=(fold(p.text), ordinal_of(fold(p.text))[1]),
                text=unspaced(p.text),
                marks=(unspaced(p.text),),
            )
            for p in side
        ]
        for side in (ones, twos)
    ]
    found = align(*items)
    pairs: list[tuple[Paragraph | None, Paragraph | None]] = [
        (ones[i], twos[j]) for i, j in (*found.pairs, *found.moved)
    ]
    return [*pairs, *((ones[i], None) for i in found.gone), *((None, twos[j]) for j in found.added)]
