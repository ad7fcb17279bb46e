"""Where in a Word file each comment goes (批注定位): by the whole text it speaks of, and by this one's row.

What stands nowhere in the file word for word goes to the nearest sure place: a sentence, a row, else the title.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TypeAlias

from reportgen.ledger.files.word import Place
from reportgen.ledger.tables import HEAD_ROWS
from reportgen.ledger.words import STANDARD_WORDS, header_field
from reportgen.problems import Location
from reportgen.proof.review_copy.notes import Note, folded
from reportgen.quantities.stops import sentence_around

# Shorter words stand in too many texts to be looked for inside another.
_LEAST = 6
# A text that so many rows have tells no row from another.
_COMMON = 50
# What a text of a row weighs against its number: an office numbers anew what it lists anew.
_WORDS, _NUMBER = 10, 1

_RowKey: TypeAlias = tuple[str | None, int]


@dataclass(frozen=True, slots=True)
class Span:
    """The words of a comment in the file (批注范围): letters of a place, blanks not counted.

    `exact` tells the words in question from a place near them.
    """

    place: Place
    start: int
    end: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that have most of the other texts of a note's row; `sure` if one of these is no text of any row."""

    keys: frozenset[_RowKey]
    known: bool
    sure: bool


class Finder:
    """Finds the words of notes among the places of one file (定位器)."""

    def __init__(self, places: Sequence[Place], title: str = "") -> None:
        self.places = places
        self._title = title
        self._folds = [folded(place.text) for place in places]
        self._by_fold: dict[str, list[int]] = defaultdict(list)
        self._by_where: dict[tuple[str | None, str | None], int] = {}
        self._rows: dict[str, set[_RowKey]] = defaultdict(set)
        self._cells: dict[_RowKey, list[int]] = defaultdict(list)
        self._columns: dict[tuple[str | None, str], set[int]] = defaultdict(set)
        for number, (place, fold) in enumerate(zip(places, self._folds, strict=True)):
            self._by_fold[fold].append(number)
            self._by_where[_key(place.where)] = number
            for key in _rows_of(place):
                self._cells[key].append(number)
                if fold:
                    self._rows[fold].add(key)
            if place.rows and place.rows[0] < HEAD_ROWS and (field := header_field(place.text, STANDARD_WORDS)):
                self._columns[place.where.sheet, field].update(place.columns)

    def span(self, note: Note) -> Span | None:
        """Where the comment goes; None only if the file has no place at all."""
        rows = self._known_rows(note)
        found = self._whole(note, rows)
        if found is not None:
            return self._at(found, note, folded(note.content[: note.start]))
        return self._inside(note, rows) or self._near(note, rows) or self._head()

    def _whole(self, note: Note, rows: _Rows) -> int | None:
        """The place with just the text of the note."""
        fold = folded(note.content)
        known = None if note.place is None else self._by_where.get(_key(note.place))
        if known is not None and self._folds[known] == fold:
            return known
        alike = self._by_fold.get(fold, [])
        cells = [number for number in alike if self.places[number].rows]
        passages = [number for number in alike if not self.places[number].rows] if fold else []
        if rows.known:
            # Of a row that is known, no other one says it.
            cells = self._of_field([number for number in cells if self._is_in(number, rows)], note)
        elif not fold:
            cells = []
        found = (cells or passages) if note.is_cell else (passages or cells)
        return found[min(note.turn, len(found) - 1)] if found else None

    def _inside(self, note: Note, rows: _Rows) -> Span | None:
        """The words in the one text that holds the note's whole text, its sentence, or at least themselves."""
        first, last = sentence_around(note.content, note.start, note.end)
        end = len(note.content) if note.end is None else note.end
        for start, stop in ((0, len(note.content)), (first, last), (note.start, end)):
            fold = folded(note.content[start:stop])
            holders = self._holders(fold) if len(fold) >= _LEAST else []
            nearer = [number for number in holders if self._is_in(number, rows)] or holders
            if len(nearer) == 1:
                before = self._folds[nearer[0]].partition(fold)[0] + folded(note.content[start : note.start])
                return self._at(nearer[0], note, before)
        return None

    def _near(self, note: Note, rows: _Rows) -> Span | None:
        """The beginning of the same field in the same row, else of the row's longest text."""
        if not rows.sure:
            return None
        keys = sorted(rows.keys, key=lambda key: (str(key[0]), key[1]))
        cells = self._cells[keys[min(note.turn, len(keys) - 1)]]
        of_field = [number for number in cells if self._is_of_field(number, note)]
        beside = set(map(folded, note.beside))
        told = [number for number in cells if self._folds[number] in beside]
        number = next(iter(of_field), max(told, key=lambda number: len(self._folds[number])))
        return Span(self.places[number], 0, 0, exact=False)

    def _head(self) -> Span | None:
        """The title, else whatever comes first."""
        titles = self._by_fold.get(folded(self._title), []) if self._title else []
        passages = (number for number in range(len(self.places)) if self._folds[number])
        number = next(iter(titles), next(passages, None))
        if number is None:
            return Span(self.places[0], 0, 0, exact=False) if self.places else None
        return Span(self.places[number], 0, 0, exact=False)

    def _at(self, number: int, note: Note, before: str) -> Span:
        start = len(before)
        return Span(self.places[number], start, start + len(folded(note.quote)), exact=True)

    def _is_in(self, number: int, rows: _Rows) -> bool:
        return any(key in rows.keys for key in _rows_of(self.places[number]))

    def _is_of_field(self, number: int, note: Note) -> bool:
        place = self.places[number]
        return not self._columns.get((place.where.sheet, note.field), set()).isdisjoint(place.columns)

    def _of_field(self, cells: list[int], note: Note) -> list[int]:
        """Those in a column that a head names as the note's field; all where none does."""
        return [number for number in cells if self._is_of_field(number, note)] or cells

    def _known_rows(self, note: Note) -> _Rows:
        """The rows that have most of the other texts of the note's row."""
        weights: Counter[_RowKey] = Counter()
        sure: set[_RowKey] = set()
        for text in dict.fromkeys(map(folded, note.beside)):
            rows = self._rows.get(text, set())
            if len(rows) > _COMMON:
                continue
            weight = _NUMBER if text.isdecimal() else _WORDS
            weights.update(dict.fromkeys(rows, weight))
            if weight == _WORDS and (len(rows) == 1 or len(text) >= _LEAST):
                sure |= rows
        most = max(weights.values(), default=0)
        keys = frozenset(row for row, weight in weights.items() if weight == most)
        return _Rows(keys, known=most >= _WORDS, sure=keys <= sure and bool(keys))

    def _holders(self, fold: str) -> list[int]:
        """The places whose text holds these words; of many the first."""
        found: list[int] = []
        at = self._all.find(fold)
        while at >= 0 and len(found) < _COMMON:
            found.append(bisect_right(self._starts, at) - 1)
            at = self._all.find(fold, self._starts[found[-1]] + len(self._folds[found[-1]]))
        return found

    @cached_property
    def _all(self) -> str:
        return "\n".join(self._folds)

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(fold) + 1 for fold in self._folds), initial=0))


def _key(where: Location) -> tuple[str | None, str | None]:
    return where.sheet, where.cell


def _rows_of(place: Place) -> list[_RowKey]:
    return [(place.where.sheet, row) for row in place.rows]
