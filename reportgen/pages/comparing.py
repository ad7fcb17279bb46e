"""The page of a comparison (比对网页): a list to click, and both files side by side with what changed outlined.

Two PDFs are shown by their pages, all else by its content on sheets of paper. What stands beside each other stands in
one row, so that an address leads to both sides at once, with or without a script.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reportgen.comparison.files.result import Compared, FilePair, Relation, Whole
from reportgen.comparison.model import LAYER_NAMES, FileKind, Layer
from reportgen.pages import page
from reportgen.pages.comparing_items import Group, Item, groups, layer_of
from reportgen.pages.comparing_looks import Looks
from reportgen.pages.comparing_pictures import MOST_PAGES, PageRow, images, page_rows
from reportgen.pages.comparing_sheets import Row, sheet_rows
from reportgen.pages.comparing_words import safe
from reportgen.problems import Problem, has_errors

MOST_LISTED = 800
"""Of a comparison so many differences are listed and shown (最多列出的差异); the rest is counted."""
MOST_FILES = 400
"""Of two folders so many files are listed (最多列出的文件); those that differ come first."""
MOST_LETTERS = 1_500_000
"""Of contents so many letters are shown (最多显示的字数), what their cells take counted in."""
_MOST_IGNORED = 100
_SCRIPT = (Path(__file__).parent / "comparing.js").read_text(encoding="utf-8")
_STATES = {
    Relation.SAME_BYTES: "文件内容完全一样",
    Relation.ONLY_FIRST: "缺少（只有原来有）",
    Relation.ONLY_SECOND: "多出（只有现在有）",
    Relation.FAILED: "没有比成",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """A pair of files as the page shows it (一对文件): its list, and its rows of pages or of sheets.

    `unshown` are differences in the list that have no place among the rows; `pages_left_out` rows of pages that were
    not drawn; `faults` say why pictures are missing.
    """

    anchor: str
    name: str
    first: str
    second: str
    state: str
    is_alone: bool
    counts: tuple[tuple[str, int], ...]
    groups: tuple[Group, ...]
    ignored: tuple[tuple[str, str], ...]
    ignored_more: int
    sheets: tuple[Row, ...]
    pages: tuple[PageRow, ...]
    pages_left_out: int
    unshown: frozenset[str]
    twice: frozenset[str]
    faults: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All differences of the list."""
        return tuple(item for group in self.groups for item in group.items)

    @property
    def shows(self) -> bool:
        """Whether there is more to see of it than its line in the list of files."""
        return bool(self.ignored or self.problems or (self.groups and not self.is_alone))


@dataclass(slots=True)
class _Room:
    """How much more the page may hold (余量): differences, rows of pages, letters."""

    listed: int = MOST_LISTED
    pages: int = MOST_PAGES
    letters: int = MOST_LETTERS


def comparison_page(compared: Compared) -> bytes:
    """The page (网页) of what two files, or two folders, differ in, as UTF-8.

    Contents and bytes are those that the pairs have kept; of a pair without them the list alone is shown.
    """
    looks = Looks()
    pictures: dict[str, str] = {}
    pairs = sorted(compared.files, key=lambda pair: pair.equal)
    reasons = [rule.reason for rule in compared.ignoring.rules]
    views = tuple(_views(pairs[:MOST_FILES], reasons, looks, pictures))
    layers = [layer for layer in Layer if layer in compared.layers] or list(Layer)
    counts = Counter(layer_of(each) for pair in compared.files for each in pair.differences)
    return page(
        "comparing",
        {
            "compared": compared,
            "first": safe(compared.first),
            "second": safe(compared.second),
            "folders": compared.whole is not Whole.FILES,
            "views": views,
            "files_left_out": pairs[MOST_FILES:],
            "layers": [(layer.value, LAYER_NAMES[layer], counts[layer.value]) for layer in layers],
            "layer_names": "、".join(LAYER_NAMES[layer] for layer in layers),
            "different": sum(not pair.equal for pair in compared.files),
            "alike": sum(pair.equal for pair in compared.files),
            "ignored": sum(len(pair.ignored) for pair in compared.files),
            "problems": compared.problems,
            "plain": safe,
            "looks": looks.rules,
            "pictures": pictures,
            "script": _SCRIPT,
            "script_hash": b64encode(sha256(_SCRIPT.encode()).digest()).decode(),
        },
    )


def _views(
    pairs: Sequence[FilePair], reasons: Sequence[str], looks: Looks, pictures: dict[str, str]
) -> Iterator[PairView]:
    """The pairs one after another, as long as there is room for more."""
    room = _Room()
    for number, pair in enumerate(pairs, 1):
        yield _view(pair, f"f{number}", reasons, looks, room, pictures)


def _view(
    pair: FilePair, anchor: str, reasons: Sequence[str], looks: Looks, room: _Room, pictures: dict[str, str]
) -> PairView:
    of_layers = groups(pair.differences, anchor, room.listed)
    items = tuple(item for group in of_layers for item in group.items)
    sheets: tuple[Row, ...] = ()
    pages: tuple[PageRow, ...] = ()
    left_out = 0
    faults: tuple[str, ...] = ()
    if pair.contents and items:
        if pair.kinds == (FileKind.PDF, FileKind.PDF) and pair.blobs:
            pages, left_out = page_rows(*pair.contents, items, anchor, room.pages)
            found, failed = images(pages, (pair.first, pair.second), pair.blobs)
            pictures.update(found)
            faults = tuple(safe(problem.what) for fault in failed for problem in fault.problems)
        else:
            sheets, room.letters = sheet_rows(*pair.contents, items, looks, room.letters)
    room.listed -= len(items)
    room.pages -= len(pages)
    aims = {aim for row in sheets for aim in row.aims} | {aim.anchor for each in pages for aim in each.aims}
    return PairView(
        anchor=anchor,
        name=safe(pair.name),
        first=safe(pair.first),
        second=safe(pair.second),
        state=_state(pair),
        is_alone=pair.relation in (Relation.ONLY_FIRST, Relation.ONLY_SECOND),
        counts=tuple((group.name, group.count) for group in of_layers),
        groups=of_layers,
        ignored=tuple((safe(each.difference.said), safe(reasons[each.rule])) for each in pair.ignored[:_MOST_IGNORED]),
        ignored_more=max(0, len(pair.ignored) - _MOST_IGNORED),
        sheets=sheets,
        pages=pages,
        pages_left_out=left_out,
        unshown=frozenset(item.anchor for item in items if item.anchor not in aims),
        twice=frozenset(aim.removesuffix("a") for aim in aims if aim.endswith("a")),
        faults=faults,
        problems=pair.problems,
    )


def _state(pair: FilePair) -> str:
    if pair.relation in _STATES:
        return _STATES[pair.relation]
    if has_errors(pair.problems):
        return _STATES[Relation.FAILED]
    if pair.differences:
        return f"{len(pair.differences)} 处不同"
    return "没有不同"
