"""The commands as somebody types them (命令): from the start of the process to the files on disk."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.bench.case import Case
from tests.bench.peers import Ready, children_kb, children_seconds
from tests.bench.peers.unit_sets import COMMAND, office


def help_text() -> Ready:
    """`reportgen --help`."""

    def make(_: None) -> bytes:
        return subprocess.run([*COMMAND, "--help"], capture_output=True, check=True).stdout

    return Ready(lambda case: None, make, seconds=children_seconds, highest_kb=children_kb)


def build() -> Ready:
    """`reportgen build --format docx`, from the office's workbook on."""
    place = tempfile.TemporaryDirectory(prefix="reportgen-bench-")

    def given(case: Case) -> Path:
        return office(Path(place.name) / f"{case.tasks}-{case.round}", case)

    def make(config: Path) -> Path:
        out = config.parent / "out"
        command = [*COMMAND, "build", str(config), "--out", str(out), "--format", "docx"]
        subprocess.run(command, capture_output=True, check=True)
        return out

    def output(out: Path) -> bytes:
        (path,) = out.glob("*.docx")
        return path.read_bytes()

    return Ready(given, make, output, seconds=children_seconds, highest_kb=children_kb, close=place.cleanup)
