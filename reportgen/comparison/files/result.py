"""What comparing is asked for and what it gives (比对要求与结果): of two files, or of all pairs of two folders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from reportgen.comparison.files.ignoring import NOTHING_IGNORED, Ignored, Ignoring
from reportgen.comparison.model import Content, Difference, FileKind, Layer
from reportgen.confine import Limits
from reportgen.limits import held
from reportgen.problems import Problem, has_errors


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for (比对要求): `layers` none means all that a pair has.

    With `keep`, contents and bytes of what differs come back for a page that shows them, of folders as far as memory
    should hold them.
    """

    layers: frozenset[Layer] = frozenset()
    ignoring: Ignoring = NOTHING_IGNORED
    keep: bool = False
    limits: Limits = field(default_factory=lambda: held().outside)


class Relation(Enum):
    """What became of a pair (比对情形)."""

    SAME_BYTES = "same-bytes"
    COMPARED = "compared"
    ONLY_FIRST = "only-first"
    ONLY_SECOND = "only-second"
    FAILED = "failed"


class Whole(Enum):
    """What was compared as a whole (比对对象); archives are folders."""

    FILES = "files"
    FOLDERS = "folders"


@dataclass(frozen=True, kw_only=True)
class FilePair:
    """Two files that belong together (一对文件), or one that stands alone: its other name is empty.

    Names are those within the folders. `kinds` are None for what has no reader: there only bytes are compared. What is
    different of the files as such (`files.renamed`, `files.added`, `files.gone`, `files.changed`) is a difference, too.
    `contents` (what was compared, nothing masked) and `blobs` are kept where the request asks for it and there are
    differences.
    """

    first: str
    second: str
    relation: Relation
    kinds: tuple[FileKind | None, FileKind | None] = (None, None)
    layers: frozenset[Layer] = frozenset()
    differences: tuple[Difference, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    contents: tuple[Content, Content] | None = None
    blobs: tuple[bytes, bytes] | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """How the pair is called: by its new name, else by its old one."""
        return self.second or self.first

    @property
    def equal(self) -> bool:
        """Whether nothing differs that is not ignored, and all could be compared."""
        return not self.differences and not has_errors(self.problems)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What comparing gave (比对结果), of two files or of all pairs of two folders.

    `left_out` are files that nobody made, each with what it is. `problems` are those of the whole; each pair has its
    own beside. `same_place` says that both sides were one and the same.
    """

    first: str
    second: str
    whole: Whole = Whole.FILES
    layers: frozenset[Layer] = frozenset()
    ignoring: Ignoring = NOTHING_IGNORED
    files: tuple[FilePair, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    same_place: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing differs that is not ignored, and all could be compared."""
        return all(pair.equal for pair in self.files) and not has_errors(self.problems)

    def passes(self, strict: bool = False) -> bool:
        """Whether both are equal; `strict` takes a warning for a difference, too."""
        return self.equal and not (strict and any(self.every_problem()))

    def every_problem(self) -> Iterator[Problem]:
        """The problems of the whole, then those of each pair."""
        yield from self.problems
        for pair in self.files:
            yield from pair.problems

    def every_difference(self) -> Iterator[Difference]:
        """All differences, pair after pair."""
        for pair in self.files:
            yield from pair.differences
