"""Where the fields of an entry stand (各项的位置): told when somebody asks, since most are never asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reportgen.problems import Location


@dataclass(frozen=True, slots=True, eq=False)
class RowPlaces(Mapping[str, Location]):
    """The cells of one row of a sheet by field (一行的位置): a hundred thousand rows share all of it but their number.

    `letters` are the columns' letters by field, the same object for all rows of a table; `moved` are the fields whose
    value stands in another cell: that of a merged range, or the category's of a row above.
    """

    sheet: Location
    row: int
    letters: Mapping[str, str]
    moved: tuple[tuple[str, Location], ...] = ()

    def where_moved(self, moved: tuple[tuple[str, Location], ...]) -> RowPlaces:
        """The same row, some of its values standing elsewhere (另有出处)."""
        return RowPlaces(self.sheet, self.row, self.letters, moved)

    def __getitem__(self, name: str) -> Location:
        """The place of a field."""
        for field, place in self.moved:
            if field == name:
                return place
        return Location(file=self.sheet.file, sheet=self.sheet.sheet, cell=f"{self.letters[name]}{self.row}")

    def __contains__(self, name: object) -> bool:
        """Whether the row has a cell for that field."""
        return name in self.letters

    def __iter__(self) -> Iterator[str]:
        """The fields in the order of the head."""
        return iter(self.letters)

    def __len__(self) -> int:
        """How many fields there are."""
        return len(self.letters)
