"""Where in a Word file each comment goes (批注定位): by the whole text it speaks of, and by this one's row.

What stands nowhere in the file word for word goes to the nearest sure place: a sentence, a row, else the title.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from reportgen.ledger.files.word import Place
from reportgen.problems import Location
from reportgen.proof.findings import sentence_around
from reportgen.proof.notes import Note, folded

# Shorter words stand in too many texts to be looked for inside another.
_LEAST = 6
# A text that so many rows have tells no row from another.
_COMMON = 50


@dataclass(frozen=True, slots=True)
class Span:
    """The words of a comment in the file (批注范围): letters of a place, blanks not counted.

    `exact` tells the words in question from a place near them.
    """

    place: Place
    start: int
    end: int
    exact: bool


class Finder:
    """Finds the words of notes among the places of one file (定位器)."""

    def __init__(self, places: Sequence[Place], title: str = "") -> None:
        self.places = places
        self._title = title
        self._folds = [folded(place.text) for place in places]
        self._by_fold: dict[str, list[int]] = defaultdict(list)
        self._by_where: dict[tuple[str | None, str | None], int] = {}
        self._rows: dict[str, set[tuple[str | None, int]]] = defaultdict(set)
        for number, (place, fold) in enumerate(zip(places, self._folds, strict=True)):
            self._by_fold[fold].append(number)
            self._by_where[_key(place.where)] = number
            if fold:
                self._rows[fold].update((place.where.sheet, row) for row in place.rows)

    def span(self, note: Note) -> Span | None:
        """Where the comment goes; None only if the file has no place at all."""
        found = self._whole(note)
        if found is not None:
            return self._at(found, note, folded(note.content[: note.start]), exact=True)
        return self._inside(note) or self._near(note) or self._head()

    def _whole(self, note: Note) -> int | None:
        """The place with just the text of the note."""
        fold = folded(note.content)
        if note.place is not None:
            known = self._by_where.get(_key(note.place))
            if known is not None and self._folds[known] == fold:
                return known
        alike = self._by_fold.get(fold, [])
        same = [number for number in alike if self._is_cell(number) == note.is_cell]
        rows = self._rows_of(note.beside)
        if not fold:
            # Nothing but its row tells an empty cell from another.
            same = [number for number in same if self._in_rows(number, rows)]
        return self._chosen(same or (alike if fold else []), rows, note.turn)

    def _chosen(self, found: Sequence[int], rows: set[tuple[str | None, int]], turn: int) -> int | None:
        nearer = [number for number in found if self._in_rows(number, rows)] or found
        return nearer[min(turn, len(nearer) - 1)] if nearer else None

    def _inside(self, note: Note) -> Span | None:
        """The words in the one text that holds the note's whole text, its sentence, or at least themselves."""
        first, last = sentence_around(note.content, note.start, note.end)
        end = len(note.content) if note.end is None else note.end
        rows = self._rows_of(note.beside)
        for start, stop in ((0, len(note.content)), (first, last), (note.start, end)):
            fold = folded(note.content[start:stop])
            holders = self._holders(fold) if len(fold) >= _LEAST else []
            nearer = [number for number in holders if self._in_rows(number, rows)] or holders
            if len(nearer) == 1:
                before = self._folds[nearer[0]].partition(fold)[0] + folded(note.content[start : note.start])
                return self._at(nearer[0], note, before, exact=True)
        return None

    def _near(self, note: Note) -> Span | None:
        """The beginning of a text of the same row: of the one that fewest rows have."""
        rows = self._rows_of(note.beside)
        texts = sorted(filter(None, map(folded, note.beside)), key=lambda fold: len(self._rows.get(fold, ())))
        for fold in texts:
            cells = [number for number in self._by_fold.get(fold, []) if self._in_rows(number, rows)]
            if cells:
                return Span(self.places[cells[min(note.turn, len(cells) - 1)]], 0, 0, exact=False)
        return None

    def _head(self) -> Span | None:
        """The title, else whatever comes first."""
        titles = self._by_fold.get(folded(self._title), []) if self._title else []
        passages = (number for number in range(len(self.places)) if self._folds[number])
        number = next(iter(titles), next(passages, None))
        if number is None:
            return Span(self.places[0], 0, 0, exact=False) if self.places else None
        return Span(self.places[number], 0, 0, exact=False)

    def _at(self, number: int, note: Note, before: str, *, exact: bool) -> Span:
        start = len(before)
        return Span(self.places[number], start, start + len(folded(note.quote)), exact)

    def _is_cell(self, number: int) -> bool:
        return self.places[number].where.sheet is not None

    def _in_rows(self, number: int, rows: set[tuple[str | None, int]]) -> bool:
        place = self.places[number]
        return any((place.where.sheet, row) in rows for row in place.rows)

    def _rows_of(self, beside: Iterable[str]) -> set[tuple[str | None, int]]:
        """The rows that have most of these texts."""
        counted: Counter[tuple[str | None, int]] = Counter()
        for text in dict.fromkeys(map(folded, beside)):
            rows = self._rows.get(text, set())
            if len(rows) <= _COMMON:
                counted.update(rows)
        most = max(counted.values(), default=0)
        return {row for row, count in counted.items() if count == most}

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
