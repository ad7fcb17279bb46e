"""The set as one archive (压缩包): exactly the listed files, the same bytes each time, no name that leads astray."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import tracemalloc
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from reportgen.problems import CannotWrite
from reportgen.unit_sets.zipped import write_zip

NAMES = ["附件1_区发展改革委.docx", "附件2_区教委（督导室）.pdf", "index.xlsx", "manifest.json"]


def a_set(folder: Path, names: list[str] = NAMES) -> Path:
    """A folder with these files and one that is not of the set."""
    folder.mkdir()
    for number, name in enumerate(names):
        (folder / name).write_bytes(f"{number}{name}".encode() * 100)
    (folder / "别的.txt").write_bytes(b"x")
    return folder


def test_the_archive_holds_exactly_the_files_of_the_list_in_its_order(tmp_path: Path) -> None:
    folder = a_set(tmp_path / "套")
    write_zip(tmp_path / "a.zip", folder, NAMES)
    with ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == NAMES
        assert [archive.read(name) for name in NAMES] == [(folder / name).read_bytes() for name in NAMES]
        assert {part.compress_type for part in archive.infolist()} == {ZIP_STORED}
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [bool(part.flag_bits & 0x800) for part in archive.infolist()] == [True, True, False, False]


@pytest.mark.row("D1")
def test_the_same_files_give_the_same_bytes_whenever_and_whoever_wrote_them(tmp_path: Path) -> None:
    first, second = a_set(tmp_path / "甲"), a_set(tmp_path / "乙")
    for number, name in enumerate(reversed(NAMES)):
        os.utime(second / name, (number, number))
        (second / name).chmod(0o600)
    write_zip(tmp_path / "a.zip", first, NAMES)
    write_zip(tmp_path / "b.zip", second, NAMES)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize(
    "called", [["unzip", "-q", "{}"], ["7zz|7z", "x", "-y", "{}"], ["bsdtar", "-xf", "{}"]], ids=lambda p: p[0]
)
@pytest.mark.row("S8")
def test_other_programs_unpack_it(tmp_path: Path, called: list[str]) -> None:
    program = next(filter(None, map(shutil.which, called[0].split("|"))), None)
    if program is None:
        pytest.skip(f"没有 {called[0]}")
    folder = a_set(tmp_path / "套")
    write_zip(tmp_path / "a.zip", folder, NAMES)
    out = tmp_path / "out"
    out.mkdir()
    command = [program, *(part.format(tmp_path / "a.zip") for part in called[1:])]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(command, cwd=out, check=True, capture_output=True, timeout=60, env=environment)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {n: (folder / n).read_bytes() for n in NAMES}


@pytest.mark.parametrize(
    "name",
    ["../外面.docx", "/etc/passwd", "a/b.docx", "a\\b.docx", "C:a.docx", "..", "", "nul.pdf", "a\n.pdf", "a. "],
    ids=repr,
)
@pytest.mark.row("S8", "refused")
def test_a_name_that_could_lead_astray_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    folder = a_set(tmp_path / "套")
    with pytest.raises(CannotWrite) as fault:
        write_zip(tmp_path / "a.zip", folder, [*NAMES, name])
    assert [problem.code for problem in fault.value.problems] == ["units.bad-name"]
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize(("one", "other"), [("a.docx", "a.docx"), ("A.docx", "a.docx"), ("Ａ.docx", "a.docx")])
@pytest.mark.row("S8", "refused")
def test_two_names_that_are_one_to_some_system_are_refused(tmp_path: Path, one: str, other: str) -> None:
    folder = a_set(tmp_path / "套", [one, other])
    with pytest.raises(CannotWrite, match="同一个文件名"):
        write_zip(tmp_path / "a.zip", folder, [one, other])
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.row("S9", "refused")
def test_a_file_that_is_not_there_leaves_no_half_archive(tmp_path: Path) -> None:
    folder = a_set(tmp_path / "套")
    with pytest.raises(FileNotFoundError):
        write_zip(tmp_path / "a.zip", folder, [*NAMES, "没有.pdf"])
    assert not (tmp_path / "a.zip").exists()


def test_an_archive_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    folder = a_set(tmp_path / "套")
    (tmp_path / "a.zip").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        write_zip(tmp_path / "a.zip", folder, NAMES)
    assert (tmp_path / "a.zip").read_bytes() == b"old"


def test_files_do_not_go_through_memory(tmp_path: Path) -> None:
    folder = tmp_path / "套"
    folder.mkdir()
    names = [f"附件{number}.pdf" for number in range(10)]
    for name in names:
        with (folder / name).open("wb") as file:
            file.truncate(20 * 1024 * 1024)
    tracemalloc.start()
    write_zip(tmp_path / "a.zip", folder, names)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    assert (tmp_path / "a.zip").stat().st_size > 200 * 1024 * 1024


@pytest.mark.campaign
def test_three_thousand_files_take_seconds(tmp_path: Path) -> None:
    folder = tmp_path / "套"
    folder.mkdir()
    names = [f"附件{number}_单位{number}.pdf" for number in range(3000)]
    for name in names:
        (folder / name).write_bytes(b"x")
    begun = time.process_time()
    write_zip(tmp_path / "a.zip", folder, names)
    assert time.process_time() - begun < 5
    with ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == names
