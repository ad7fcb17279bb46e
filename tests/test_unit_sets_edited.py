"""A set whose manifest somebody edited by hand (改动过的清单): no unit gets another one's files, no file is lost."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.test_unit_sets import contents, made, office


def edited(folder: Path) -> dict[str, Any]:
    """The manifest of a set as data."""
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def put(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def test_a_unit_is_not_given_the_files_that_an_edited_manifest_says_are_its_own(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "分送件"
    made(config, folder)
    fresh, manifest = contents(folder), edited(folder)
    first, second = [unit for unit in manifest["units"] if unit["files"]][:2]
    first["files"], second["files"] = second["files"], first["files"]
    put(folder, manifest)
    again = made(config, folder)
    assert set(again.rendered) == {first["unit"], second["unit"]}
    assert contents(folder) == fresh


def test_a_ledger_that_an_edited_manifest_counts_among_the_files_of_a_set_stays(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "分送件"
    made(config, folder)
    ledger = folder / "台账.xlsx"
    ledger.write_bytes(b"not ours")
    manifest = edited(folder)
    file = {"name": ledger.name, "size": 8, "sha256": hashlib.sha256(b"not ours").hexdigest()}
    manifest["units"].append({**manifest["units"][0], "unit": "某单位", "files": [file]})
    put(folder, manifest)
    again = made(config, folder)
    assert ledger.read_bytes() == b"not ours"
    assert again.left == ()
