"""Units' sets under attack (分送件的极端情况): killed workers, killed runs, Ctrl-C, full disks, many runs at once.

Every run is the real command, as an office starts it. What stands in the folder is at every moment one whole set.
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.kept import kept_folder
from tests.projects import CONFIG, ROOT, goal, ledger, project, run, task
from tests.reliability.tally import Tally

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked for in /proc")

MANY, FEW, KILLS = 200, 8, 20


def crowd(folder: Path, units: int, progress: str = "已开工。") -> Path:
    """An office with so many units, each with two tasks of its own and all with one together; its configuration.

    `progress` is what the first unit says of its first task.
    """
    names = [f"第{number}街道" for number in range(1, units + 1)]
    said = [progress, *(f"已完成{number}户。" for number in range(1, units))]
    tasks = [
        task(f"改造{name}老旧小区", 责任单位=name, 配合单位="", 任务进展情况=text)
        for name, text in zip(names, said, strict=True)
    ]
    tasks += [task(f"修缮{name}道路", 责任单位=name, 配合单位="") for name in names]
    tasks += [task("开展卫生整治", 责任单位=names[0], 配合单位="各街道")]
    config = project(folder, ledger([goal(责任单位=names[0])], tasks), CONFIG + "units: 名录.yaml\n")
    listed = "".join(f"  - {{name: {name}, kind: 镇街}}\n" for name in names)
    register = f"version: 1\nunits:\n{listed}groups:\n  - {{name: 各街道, kind: 镇街}}\n"
    (folder / "名录.yaml").write_text(register, encoding="utf-8")
    return config


def command(config: Path, folder: Path, *options: str) -> list[str]:
    """The command that makes the sets as Word files, by two processes."""
    asked = ["units", str(config), "--out", str(folder), "--format", "docx", "--workers", "2", *options]
    return [sys.executable, "-m", "reportgen", *asked]


@contextmanager
def begun(config: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command at work, in a session of its own."""
    with subprocess.Popen(
        command(config, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        start_new_session=True,
    ) as process:
        yield process


def session(process: int) -> dict[int, int]:
    """The processes of its session that are alive, each with its parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, parent, _, of, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(of) == process and state not in "ZX":
                found[int(entry.name)] = int(parent)
    return found


def workers(process: int) -> list[int]:
    """Its worker processes: another one, which it has started, forks them."""
    there = session(process)
    return [each for each, parent in there.items() if there.get(parent) == process]


def all_gone(process: int) -> bool:
    """Whether no process of its session is left, if they are given a moment to end."""
    until = time.monotonic() + 10
    while session(process) and time.monotonic() < until:
        time.sleep(0.02)
    return not session(process)


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def beside(folder: Path) -> list[str]:
    """What lies beside the set and the office's own files."""
    return sorted({path.name for path in folder.iterdir()} - {"台账.yaml", "名录.yaml", "报告.yaml", "set"})


OLD, NEW = "已开工。", "已竣工。"


@pytest.fixture(scope="module")
def wanted() -> dict[str, dict[str, bytes]]:
    """The set of either ledger, each made by an undisturbed run into an empty folder, by what its first task says."""

    def make(fresh: Path) -> None:
        for name, said in (("old", OLD), ("new", NEW)):
            done = run("units", crowd(fresh / name, FEW, said), "--out", fresh / name / "set", "--format", "docx")
            assert done.returncode == 0, done.stderr

    folder = kept_folder("hostile-unit-sets", make)
    return {OLD: contents(folder / "old" / "set"), NEW: contents(folder / "new" / "set")}


def standing(folder: Path, config: Path, whole: dict[str, dict[str, bytes]], said: str = OLD) -> None:
    """Put the set of that ledger into the office's folder, as a run does, and write the other ledger."""
    crowd(folder, FEW, said)
    done = run("units", config, "--out", folder / "set", "--format", "docx")
    assert done.returncode == 0, done.stderr
    assert contents(folder / "set") == whole[said]


# ---- workers that are killed


@pytest.mark.row("R4")
@pytest.mark.row("S4")
def test_twenty_random_kills_of_workers_lose_none_of_two_hundred_documents(tmp_path: Path, tally: Tally) -> None:
    config = crowd(tmp_path, MANY)
    undisturbed = run("units", config, "--out", tmp_path / "alone", "--format", "docx", "--workers", "1")
    assert undisturbed.returncode == 0, undisturbed.stderr
    chance = random.Random(6)
    # A worker is killed whenever so many documents are there, and none before another one is; and always the eldest,
    # which has not just taken up the document of a killed one: on a busy machine a new process is slow to begin, five
    # kills by chance can hit one document while the others go on, and it is then given up, as it should be.
    due = sorted(chance.sample(range(1, MANY - 40), KILLS))
    seen = 0
    eldest: dict[int, None] = {}
    with begun(config, tmp_path / "set") as process:
        while process.poll() is None and due:
            there = workers(process.pid)
            eldest = {each: None for each in (*eldest, *there) if each in there}
            made_now = len([*tmp_path.glob(".reportgen-*/new/*.docx")])
            if there and made_now >= max(due[0], seen + 1):
                with suppress(ProcessLookupError):
                    os.kill(next(iter(eldest)), signal.SIGKILL)
                    due.pop(0)
                    seen = made_now
            time.sleep(0.005)
        _, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    assert due == []
    made = contents(tmp_path / "set")
    assert len([name for name in made if name.endswith(".docx")]) == MANY
    assert made == contents(tmp_path / "alone")
    assert all_gone(process.pid)
    tally.survived(MANY)


# ---- the run itself is killed, or interrupted


@pytest.mark.row("S1")
@pytest.mark.parametrize("deaths", [4, pytest.param(40, marks=pytest.mark.campaign)])
def test_a_run_killed_at_random_points_leaves_one_whole_set_and_the_next_one_no_stray_file(
    tmp_path: Path, wanted: dict[str, dict[str, bytes]], deaths: int, tally: Tally
) -> None:
    config, folder = crowd(tmp_path, FEW), tmp_path / "set"
    standing(tmp_path, config, wanted)
    crowd(tmp_path, FEW, NEW)
    started = time.monotonic()
    with begun(config, folder) as process:
        process.communicate(timeout=120)
    takes = time.monotonic() - started
    assert contents(folder) == wanted[NEW]
    chance = random.Random(66)
    said = OLD
    for _ in range(deaths):
        crowd(tmp_path, FEW, said)
        with begun(config, folder) as process:
            time.sleep(chance.uniform(0.3, 1) * takes)
            process.kill()
            process.wait(30)
            assert all_gone(process.pid)
        now = contents(folder)
        assert now in (wanted[OLD], wanted[NEW])
        said = OLD if now == wanted[NEW] else NEW
        tally.survived()
    crowd(tmp_path, FEW, said)
    with begun(config, folder) as process:
        process.communicate(timeout=120)
    assert contents(folder) == wanted[said]
    assert beside(tmp_path) == []


@pytest.mark.row("S1")
def test_ctrl_c_at_random_points_ends_with_130_and_leaves_the_old_set_and_nothing_else(
    tmp_path: Path, wanted: dict[str, dict[str, bytes]]
) -> None:
    config, folder = crowd(tmp_path, FEW), tmp_path / "set"
    standing(tmp_path, config, wanted)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    # More to render than there is time for.
    crowd(tmp_path, MANY, NEW)
    chance = random.Random(666)
    for sign, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)):
        with begun(config, folder) as process:
            assert process.stderr
            for line in process.stderr:
                if line.startswith("生成"):
                    break
            time.sleep(chance.uniform(0, 0.8))
            # Ctrl-C goes to all processes, the others to the one that was started.
            (os.killpg if sign == signal.SIGINT else os.kill)(process.pid, sign)
            process.wait(30)
            complaints = process.stderr.read()
        assert (process.returncode, complaints.splitlines()[-1:]) == (
            code,
            ["已中断。要写的文件，或者全是原来的，或者全是新的。"],
        )
        assert "Traceback" not in complaints
        assert all_gone(process.pid)
        assert contents(folder) == wanted[OLD]
        assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
        assert beside(tmp_path) == []


# ---- disks


@contextmanager
def disk(place: Path, size: str) -> Iterator[None]:
    """A small disk."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


def remounted(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True, capture_output=True)


@pytest.mark.row("S2")
def test_a_full_disk_of_any_size_keeps_the_old_set_and_the_next_run_with_room_is_fine(
    tmp_path: Path, wanted: dict[str, dict[str, bytes]]
) -> None:
    config, drive = crowd(tmp_path, FEW), tmp_path / "盘"
    folder = drive / "set"
    with disk(drive, "20m"):
        standing(tmp_path, config, wanted)
        assert run("units", config, "--out", folder, "--format", "docx").returncode == 0
        used = os.statvfs(drive)
        full = (used.f_blocks - used.f_bfree) * used.f_frsize
        crowd(tmp_path, FEW, NEW)
        # No block at all; some of the documents. Any size at all is tried where no command is begun for each.
        for more in (0, 16):
            remounted(drive, f"size={full + more * 1024}")
            done = run("units", config, "--out", folder, "--format", "docx")
            assert done.returncode == 4, done.stderr
            assert "磁盘空间不足" in done.stderr
            assert "Traceback" not in done.stderr
            assert contents(folder) == wanted[OLD]
            assert [path.name for path in drive.iterdir()] == ["set"]
        remounted(drive, "size=20m")
        assert run("units", config, "--out", folder, "--format", "docx").returncode == 0
        assert contents(folder) == wanted[NEW]
        assert [path.name for path in drive.iterdir()] == ["set"]


# ---- at the same time


@pytest.mark.row("S7")
def test_runs_at_the_same_time_into_one_folder_leave_one_whole_set(
    tmp_path: Path, wanted: dict[str, dict[str, bytes]]
) -> None:
    folder = tmp_path / "set"
    configs = [crowd(tmp_path / name, FEW, said) for name, said in (("a", OLD), ("b", NEW), ("c", OLD))]
    running = [
        subprocess.Popen(command(config, folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        for config in configs
    ]
    ends = []
    for process in running:
        _, complaints = process.communicate(timeout=120)
        ends.append(process.returncode)
        assert process.returncode in (0, 4), complaints.decode()
        assert b"Traceback" not in complaints
    assert 0 in ends
    assert contents(folder) in (wanted[OLD], wanted[NEW])
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


# ---- names


HOSTILE = (
    "../../etc/cron.d/x",
    "/etc/passwd",
    "C:\\Windows\\system.ini",
    "CON",
    "nul.docx",
    "区统计局.",
    "局" * 200,
    "ＡＢ公司",
    "ab公司",
    "=HYPERLINK(1)",
    "index.xlsx",
    "manifest.json",
    "名" + "\U0001f600" * 3,
)


@pytest.mark.row("S8")
def test_hostile_names_of_units_stay_inside_the_folder_and_inside_the_archive(tmp_path: Path) -> None:
    listed = "".join(f"  - {{name: {json.dumps(name, ensure_ascii=False)}, kind: 部门}}\n" for name in HOSTILE)
    tasks = [task(f"办好第{number}件事", 责任单位=name, 配合单位="") for number, name in enumerate(HOSTILE, 1)]
    template = (ROOT / "templates" / "unit-annex.yaml").read_text(encoding="utf-8")
    office = tmp_path / "office"
    settings = "units: 名录.yaml\nunit_sets: {template: 本单位.yaml}\n"
    config = project(office, ledger([goal(责任单位="CON")], tasks), CONFIG + settings)
    (office / "名录.yaml").write_text(f"version: 1\nunits:\n{listed}", encoding="utf-8")
    (office / "本单位.yaml").write_text(template.replace("附件{{ unit_no }}_{{ unit }}", "'{{ unit }}'"), "utf-8")
    done = run("units", config, "--out", office / "set", "--format", "docx", "--zip", "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 0, told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["office"]
    assert beside(office) == ["本单位.yaml"]
    made = contents(office / "set")
    with zipfile.ZipFile(io.BytesIO(made["各单位分送件.zip"])) as archive:
        assert archive.testzip() is None
        packed = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        assert len(packed) == len(archive.infolist())
    assert packed == {name: blob for name, blob in made.items() if name != "各单位分送件.zip"}
    documents = [name for name in packed if name.endswith(".docx")]
    # A cell with / names several units, of which each has a file of its own.
    assert len(documents) == len([each for each in told["units"] if each["files"]]) >= len(HOSTILE)
    folded = {unicodedata.normalize("NFKC", name).casefold() for name in packed}
    assert len(folded) == len(packed)
    for name in packed:
        stem = name.partition(".")[0].upper()
        assert len(name.encode()) <= 200
        assert not set(name) & set('/\\:*?"<>|')
        assert not [sign for sign in name if unicodedata.category(sign) in ("Cc", "Cf")]
        assert stem not in ("CON", "NUL", "")
        assert not name.startswith(".")


# ---- one of twenty


@pytest.mark.row("S9")
def test_one_bad_document_of_twenty_costs_the_whole_set_or_is_listed(tmp_path: Path, tally: Tally) -> None:
    config, folder = crowd(tmp_path, 20, "已完成\U0001f600。"), tmp_path / "set"
    asked = ("units", config, "--out", folder, "--format", "pdf", "--pdf-engine", "typst", "--zip")
    done = run(*asked)
    assert (done.returncode, done.stderr.count("[fonts.no-glyph]") > 0) == (1, True)
    assert "「第1街道」" in done.stderr
    assert "Traceback" not in done.stderr
    assert not folder.exists()
    assert beside(tmp_path) == []
    tally.refused()
    done = run(*asked, "--keep-going", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["failed"]) == (1, ["第1街道"])
    made = contents(folder)
    listed = {unit["unit"]: unit for unit in json.loads(made["manifest.json"])["units"]}
    assert [name for name, unit in listed.items() if not unit["files"]] == ["第1街道"]
    with zipfile.ZipFile(io.BytesIO(made["各单位分送件.zip"])) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {name: blob for name, blob in made.items() if name != "各单位分送件.zip"}
    assert len([name for name in packed if name.endswith(".pdf")]) == 19
    tally.survived(19)
