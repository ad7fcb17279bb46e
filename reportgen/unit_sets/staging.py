"""A set is put in place as one (整套换新): the old one stands whole until the new one does.

The files gather in a stage beside the folder. What other people put beside the set goes into the stage under a second
name, and then both folders exchange their names at once. Nothing that somebody changed by hand is replaced.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from reportgen.naming import is_file_name
from reportgen.stages import (
    folders_for,
    keep_access,
    stage_in,
    swap,
    swap_back,
    sweep,
    sync_file,
    sync_folder,
    turn,
    write_synced,
)
from reportgen.unit_sets.carrying import carry, carry_late, link_or_copy, look_like
from reportgen.unit_sets.record import SetRecord
from reportgen.unit_sets.standing import (
    Hashes,
    file_hash,
    real_place,
    refuse_changed,
    refuse_other,
    refuse_place,
    refuse_to_lose,
    set_files,
    standing_set,
    told,
    what_stands,
)

__all__ = ["Stage", "refuse_changed", "set_files", "stage_set", "standing_set"]


class Stage:
    """Where a new set gathers (待换的一套): `folder` holds its files until they are put in place."""

    def __init__(self, beside: Path, named: Path, place: Path, own: Collection[str]) -> None:
        self.folder = beside / "new"
        self._beside, self._named, self._place, self._own = beside, named, place, own
        self._hashes: Hashes = {}
        self.folder.mkdir()
        if os.path.lexists(place):  # who may read the folder: what is made in it may take after it
            look_like(place, self.folder)
            self.folder.chmod(self.folder.stat().st_mode | 0o700)

    def write(self, name: str, blob: bytes) -> None:
        """A new file (写入); on the disk when this returns. Raises `CannotWrite`."""
        with told(self._named / name):
            target = self._target(name)
            write_synced(target, blob)
            keep_access(self._place / name, target)

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """The place of a file that somebody else writes, such as an archive; faults of the disk are told."""
        with told(self._named / name):
            target = self._target(name)
            yield target
            sync_file(target)
            keep_access(self._place / name, target)

    def take_over(self, name: str, sha256: str) -> bool:
        """A file of the old set, as it is (沿用); False if none of that content stands there: then make it anew."""
        with told(self._named / name):
            target = self._target(name)
            try:
                link_or_copy(self._place / name, target)
            except (FileNotFoundError, NotADirectoryError):
                return False
            if file_hash(target, self._hashes) == sha256:
                return True
            target.unlink()
            return False

    def put_in_place(self, *, is_whole: bool = True, built_on: SetRecord | None = None) -> None:
        """The whole set takes the old one's place (整套换新), by one rename; other people's files stay.

        A set that is not whole is one of some units, `built_on` the old one: if another run has put its own there
        meanwhile, what that one made would be lost. Raises `CannotWrite`, and then the old set stands there as before.
        """
        names = frozenset(os.listdir(self.folder))
        with told(self._named), turn(self._place):
            sweep(self._place.parent)
            refuse_place(self._named, self._place)
            if not is_whole:
                refuse_other(self._named, what_stands(self._named, self._place, self._own), built_on)
            for name in self._others(self._place, names):
                carry(self._place / name, self.folder / name)
            keep_access(self._place, self.folder)
            sync_folder(self.folder)
            displaced = swap(self._beside, self.folder, self._place)
            if displaced:
                try:
                    self._carry_late(displaced, names)
                except BaseException:
                    swap_back(self.folder, displaced, self._place)
                    raise
            with suppress(OSError):  # it stands there; only a power cut now could undo the rename
                sync_folder(self._place.parent)
                sync_folder(self._beside)

    def _target(self, name: str) -> Path:
        if not is_file_name(name):
            raise ValueError(f"no name for a file: {name!r}")
        return self.folder / name

    def _others(self, where: Path, names: Collection[str]) -> tuple[str, ...]:
        found = what_stands(self._named, where, self._own)
        refuse_to_lose(self._named, where, found, names, self._hashes)
        return found.others

    def _carry_late(self, displaced: Path, names: Collection[str]) -> None:
        """What came into the folder between the look at it and the rename."""
        for name in self._others(displaced, names):
            carry_late(displaced / name, self._place / name, self._beside / "late")
        sync_folder(self._place)


@contextmanager
def stage_set(folder: Path, own: Collection[str] = ()) -> Iterator[Stage]:
    """A stage beside the folder (待换区); whatever happens, it is gone at the end. Raises `CannotWrite`.

    `own` are names that belong to a set beside its units' files, its manifest and its index.
    """
    place = real_place(folder)
    with ExitStack() as until_done:
        with told(folder):
            refuse_place(folder, place)
            until_done.enter_context(folders_for(place.parent))
            stage = Stage(until_done.enter_context(stage_in(place.parent)), folder, place, own)
        yield stage
