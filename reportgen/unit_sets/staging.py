"""A set is put in place as one (整套换新): the old one stands whole until the new one does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reportgen.unit_sets.record import SetRecord


def standing_set(folder: Path, own: Collection[str] = ()) -> SetRecord | None:
    """The set that stands in the folder (原有的一套), None where nothing stands; what a killed run left is mended first.

    Raises `CannotWrite` for a folder in which no set can be put: one that holds something else, the current folder,
    a disk's own, a file.
    """
    raise NotImplementedError


def set_files(record: SetRecord) -> Mapping[str, str]:
    """The files of a set by name, each with its SHA-256 (各份文件)."""
    return {file.name: file.sha256 for unit in record.units for file in unit.files}


def refuse_changed(folder: Path, files: Mapping[str, str], names: Collection[str] = ()) -> frozenset[str]:
    """Those of the old set's files that stand there as they were made (未改动的文件).

    Raises `CannotWrite` for files that somebody changed by hand or has open, and for other people's files that have
    one of the `names` which the new set is going to write.
    """
    raise NotImplementedError


@dataclass(frozen=True)
class Stage:
    """Where a new set gathers (待换的一套): `folder` has its files."""

    folder: Path

    def write(self, name: str, blob: bytes) -> None:
        """A new file; on the disk when this returns."""
        raise NotImplementedError

    def take_over(self, name: str, sha256: str) -> bool:
        """A file of the old set, as it is (沿用); False if there is none of that content: then it has to be made."""
        raise NotImplementedError

    def put_in_place(self) -> None:
        """Put the whole set where the old one stands, by one rename; other people's files stay."""
        raise NotImplementedError


@contextmanager
def stage_set(folder: Path, own: Collection[str] = ()) -> Iterator[Stage]:
    """A stage beside the folder; whatever happens, it is gone at the end. Raises `CannotWrite`.

    `own` are names that belong to a set beside its units' files, its manifest and its index.
    """
    raise NotImplementedError
    yield
