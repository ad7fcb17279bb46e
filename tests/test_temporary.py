"""Temporary folders (临时文件夹): what a killed process left is swept by the next one, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.temporary import PREFIX, process_folder, temporary_folder

HERE = Path(__file__).parents[1]
OLD = (0, 0)
MAKE = "import os, sys; from reportgen.temporary import process_folder; print(process_folder(), flush=True); "


def another_process(place: Path, then: str = "") -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(HERE), "TMPDIR": str(place), "TEMP": str(place)}
    return subprocess.Popen(
        [sys.executable, "-c", MAKE + then], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_folder_goes_with_all_that_is_in_it() -> None:
    with temporary_folder() as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").touch()
        assert folder.parent == process_folder()
        with temporary_folder() as other:
            assert other != folder
    assert not folder.exists()
    assert process_folder().is_dir()


@pytest.mark.row("R12")
def test_a_process_removes_its_folder_and_leaves_alone_those_that_are_in_use(tmp_path: Path) -> None:
    lives = another_process(tmp_path, "sys.stdin.read()")
    assert lives.stdout is not None
    folder = Path(lives.stdout.readline().strip())
    os.utime(folder, OLD)
    out, _ = another_process(tmp_path).communicate(timeout=30)
    assert Path(out.strip()).parent == tmp_path
    assert list(tmp_path.iterdir()) == [folder]
    lives.communicate(timeout=30)
    assert list(tmp_path.iterdir()) == []


def test_only_our_own_old_folders_that_nobody_uses_are_swept(tmp_path: Path) -> None:
    aim = tmp_path / "others"
    aim.mkdir()
    (aim / "file").touch()
    os.utime(aim, OLD)
    kept = {"others", f"{PREFIX}1-link", f"{PREFIX}{os.getpid()}-young", f"{PREFIX}3-file"}
    (tmp_path / f"{PREFIX}1-link").symlink_to(aim)
    (tmp_path / f"{PREFIX}{os.getpid()}-young").mkdir()
    (tmp_path / f"{PREFIX}3-file").touch()
    os.utime(tmp_path / f"{PREFIX}3-file", OLD)
    left, _ = another_process(tmp_path, "os._exit(0)").communicate(timeout=30)
    (Path(left.strip()) / "deep").mkdir()
    (Path(left.strip()) / "deep" / "file").touch()
    os.utime(left.strip(), OLD)
    another_process(tmp_path).communicate(timeout=30)
    assert {each.name for each in tmp_path.iterdir()} == kept
    assert (aim / "file").exists()


def test_a_forked_process_does_not_remove_what_is_not_its_own(tmp_path: Path) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    forks = "child = os.fork(); child or sys.exit(); os.waitpid(child, 0); print(os.listdir(os.environ['TMPDIR']))"
    out, _ = another_process(tmp_path, forks).communicate(timeout=30)
    folder, there = out.splitlines()
    assert there == str([Path(folder).name])
    assert list(tmp_path.iterdir()) == []
