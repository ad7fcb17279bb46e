"""Odd company of a set (异常环境): an edited manifest, closed streams; nothing is lost and nothing mixed up."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reportgen.unit_sets.staging import set_files
from tests.projects import ROOT
from tests.test_unit_sets import contents, made, office, record


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


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_costs_nothing(tmp_path: Path, closed: str) -> None:
    config, folder = office(tmp_path), tmp_path / "分送件"
    command = f'"{sys.executable}" -m reportgen units "{config}" --out "{folder}" --format docx --workers 1 {closed}'
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert set(contents(folder)) == {*set_files(record(folder)), "manifest.json", "index.xlsx"}
    made(config, tmp_path / "另一套")
    assert contents(folder) == contents(tmp_path / "另一套")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_log_on_a_full_disk_is_told_and_is_no_bug(tmp_path: Path) -> None:
    config, folder = office(tmp_path), tmp_path / "分送件"
    command = f'"{sys.executable}" -m reportgen units "{config}" --out "{folder}" --format docx --workers 1 >/dev/full'
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert "结果没有写出来" in done.stderr
    assert "原有文件没有改动" not in done.stderr
    assert (folder / "index.xlsx").exists()
