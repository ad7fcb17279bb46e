"""Golden files for tests that use syrupy (syrupy 快照): reports compared as `reportgen compare` compares them.

    assert path.read_bytes() == snapshot.use_extension(DocxGolden)
    assert path.read_bytes() == snapshot(extension_class=PdfGolden, name="半年报告")

Names, places, updating and unused snapshots are syrupy's own. Layers and rules are those of a subclass.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from syrupy.extensions.single_file import SingleFileSnapshotExtension

from reportgen.testing.verdict import Layers, difference_lines, request_of


class ReportGolden(SingleFileSnapshotExtension):
    """A snapshot that is a file of its own (单文件快照), equal where `compare` finds no difference."""

    layer: ClassVar[Layers] = None
    ignore: ClassVar[Path | None] = None

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        """Whether the two files are equal in the layers that are looked at (是否一致)."""
        return not self._lines(serialized_data, snapshot_data)

    def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Iterator[str]:
        """What differs, a sentence each (差异逐条); nothing is told of a snapshot that is not there."""
        yield from self._lines(serialized_data, snapshot_data) if snapshot_data else ()

    def _lines(self, made: bytes, kept: bytes) -> list[str]:
        names = (f"基准.{self.file_extension}", f"这次.{self.file_extension}")
        return difference_lines((names[0], kept), (names[1], made), request_of(self.layer, self.ignore))


class DocxGolden(ReportGolden):
    """A Word file as a snapshot (Word 快照)."""

    file_extension = "docx"


class PdfGolden(ReportGolden):
    """A PDF as a snapshot (PDF 快照)."""

    file_extension = "pdf"
