"""Small sets that tests put in place; quickly imported, as it is done in processes that are killed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from reportgen.unit_sets.manifest import MANIFEST_NAME, manifest_bytes
from reportgen.unit_sets.record import FileRecord, SetRecord, State, UnitRecord
from reportgen.unit_sets.staging import stage_set


def sha(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()


def record_of(files: Mapping[str, bytes]) -> SetRecord:
    units = tuple(
        UnitRecord(unit=name, number=number, state=State.MADE, files=(FileRecord(name, len(blob), sha(blob)),), key="k")
        for number, (name, blob) in enumerate(files.items(), 1)
    )
    return SetRecord(report="报告", period="1—6月", formats=("docx",), units=units)


def put(folder: Path, files: Mapping[str, bytes], taken: Mapping[str, bytes] | None = None) -> None:
    with stage_set(folder, ("整套.zip",)) as stage:
        for name, blob in files.items():
            stage.write(name, blob)
        for name, blob in (taken or {}).items():
            assert stage.take_over(name, sha(blob))
        stage.write(MANIFEST_NAME, manifest_bytes(record_of({**files, **(taken or {})})))
        stage.put_in_place()
