"""A set is put in place as one: killed, out of room, or against what somebody wrote, the old one stands whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen import stages
from reportgen.ledger.files.workbook import Column, SheetText, write_workbook
from reportgen.problems import CannotWrite
from reportgen.unit_sets.index import INDEX_NAME
from reportgen.unit_sets.manifest import MANIFEST_NAME, manifest_bytes, read_manifest
from reportgen.unit_sets.staging import refuse_changed, set_files, stage_set, standing_set
from tests.projects import ROOT, run
from tests.reliability.tally import Tally
from tests.staged_sets import put, record_of, sha

IMPORTS = """
from pathlib import Path
from reportgen.problems import CannotWrite
from reportgen.unit_sets.staging import standing_set
from tests.staged_sets import put
"""


def held(folder: Path) -> dict[str, bytes]:
    """All that stands in a folder but manifest and index."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (MANIFEST_NAME, INDEX_NAME)
    }


def stray(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".reportgen-")]


def refused(fault: pytest.ExceptionInfo[CannotWrite]) -> tuple[str, str]:
    (problem,) = fault.value.problems
    assert len(problem.what) <= 300
    return problem.code, problem.what


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of putting a folder in another's place."""
    if request.param == "two renames":
        monkeypatch.setattr(stages, "_EXCHANGE", None)
    elif stages._EXCHANGE is None:
        pytest.skip("only Linux exchanges names")
    return str(request.param)


def test_a_set_takes_the_place_of_the_old_one_as_a_whole(tmp_path: Path, way: str) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲.docx": b"1", "乙.docx": b"2", "丙.docx": b"3"})
    inode = (out / "乙.docx").stat().st_ino
    put(out, {"甲.docx": b"new"}, {"乙.docx": b"2"})
    assert held(out) == {"甲.docx": b"new", "乙.docx": b"2"}
    assert (out / "乙.docx").stat().st_ino == inode
    record = standing_set(out)
    assert record
    assert set_files(record) == {"甲.docx": sha(b"new"), "乙.docx": sha(b"2")}
    assert [path.name for path in tmp_path.iterdir()] == ["分送件"]


def test_what_people_put_beside_the_set_stays(tmp_path: Path, way: str) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲.docx": b"1"})
    (out / "说明.txt").write_bytes(b"mine")
    (out / "签收" / "7月").mkdir(parents=True)
    (out / "签收" / "7月" / "甲.jpg").write_bytes(b"scan")
    (out / "签收" / "7月" / "甲.jpg").chmod(0o440)
    (out / "签收").chmod(0o750)
    (out / "最新.docx").symlink_to("甲.docx")
    (out / "空").mkdir()
    os.mkfifo(out / "管道")
    kept = {path: path.lstat().st_ino for path in (out / "说明.txt", out / "签收" / "7月" / "甲.jpg", out / "管道")}
    put(out, {"乙.docx": b"2", "甲.docx": b"3"})
    assert held(out) == {
        "甲.docx": b"3",
        "乙.docx": b"2",
        "说明.txt": b"mine",
        "签收/7月/甲.jpg": b"scan",
        "最新.docx": b"3",
    }
    assert {path: path.lstat().st_ino for path in kept} == kept
    assert (out / "最新.docx").is_symlink()
    assert (out / "空").is_dir()
    assert (out / "签收").stat().st_mode & 0o777 == 0o750
    assert (out / "签收" / "7月" / "甲.jpg").stat().st_mode & 0o777 == 0o440
    assert stray(tmp_path) == []


def test_what_comes_into_the_folder_at_the_last_moment_stays_too(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲.docx": b"1"})
    (out / "签收").mkdir()
    (out / "说明.txt").write_bytes(b"mine")
    swap = stages.swap

    def late(stage: Path, new: Path, place: Path) -> Path | None:
        (place / "刚放的.txt").write_bytes(b"late")
        (place / "签收" / "刚放的.txt").write_bytes(b"late too")
        (place / "另存").write_bytes(b"changed")
        os.utime(place / "另存", (1, 1))
        os.replace(place / "另存", place / "说明.txt")
        return swap(stage, new, place)

    monkeypatch.setattr("reportgen.unit_sets.staging.swap", late)
    put(out, {"甲.docx": b"2"})
    assert held(out) == {
        "甲.docx": b"2",
        "说明.txt": b"changed",
        "刚放的.txt": b"late",
        "签收/刚放的.txt": b"late too",
    }
    assert stray(tmp_path) == []


def test_a_file_that_is_changed_at_the_last_moment_brings_the_old_set_back(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲.docx": b"1", "乙.docx": b"1"})
    swap = stages.swap

    def late(stage: Path, new: Path, place: Path) -> Path | None:
        (place / "甲.docx").write_bytes(b"by hand")
        return swap(stage, new, place)

    monkeypatch.setattr("reportgen.unit_sets.staging.swap", late)
    with pytest.raises(CannotWrite) as fault:
        put(out, {"甲.docx": b"2", "乙.docx": b"2"})
    assert refused(fault)[0] == "output.changed-file"
    assert held(out) == {"甲.docx": b"by hand", "乙.docx": b"1"}
    assert stray(tmp_path) == []


def test_what_somebody_changed_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    made = {f"{number}.docx": b"%d" % number for number in range(9)}
    put(out, made)
    files = set_files(record_of(made))
    assert refuse_changed(out, files) == frozenset(made)
    (out / "8.docx").unlink()
    assert refuse_changed(out, files) == frozenset(made) - {"8.docx"}
    for number in range(7):
        (out / f"{number}.docx").write_bytes(b"by hand")
    with pytest.raises(CannotWrite) as fault:
        refuse_changed(out, files)
    code, what = refused(fault)
    assert code == "output.changed-file"
    assert "7 个文件" in what
    assert "「0.docx」" in what
    with pytest.raises(CannotWrite) as fault:
        put(out, {"0.docx": b"new"})
    assert refused(fault)[0] == "output.changed-file"
    assert (out / "0.docx").read_bytes() == b"by hand"
    assert stray(tmp_path) == []


@pytest.mark.parametrize("kind", ["link", "folder", "index"])
def test_what_stands_in_a_files_place_counts_as_changed(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲.docx": b"1"})
    place = out / (INDEX_NAME if kind == "index" else "甲.docx")
    place.unlink(missing_ok=True)
    if kind == "link":
        (tmp_path / "别处").write_bytes(b"1")
        place.symlink_to(tmp_path / "别处")
    elif kind == "folder":
        place.mkdir()
    else:
        column = Column(title="单位", width=10)
        place.write_bytes(write_workbook([SheetText(name="各单位", columns=(column,), rows=[("区教委",)])], "目录"))
        assert refuse_changed(out, {"甲.docx": sha(b"1")}) == {"甲.docx"}
        place.write_bytes(place.read_bytes()[:-30])
    with pytest.raises(CannotWrite) as fault:
        refuse_changed(out, {"甲.docx": sha(b"1")})
    assert refused(fault)[0] == "output.changed-file"
    assert place.name in refused(fault)[1]


def test_a_file_that_is_open_or_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    name = "附件3_区商务委员会.docx"
    put(out, {name: b"1"})
    (out / "~$3_区商务委员会.docx").write_bytes(b"")  # as Word calls its lock
    (out / "附件4_区教委.docx").write_bytes(b"theirs")
    with pytest.raises(CannotWrite) as fault:
        refuse_changed(out, {name: sha(b"1")}, [name, "附件4_区教委.docx", "附件5.docx"])
    assert [problem.code for problem in fault.value.problems] == ["output.open", "output.exists"]
    assert "区教委" in fault.value.problems[1].what
    with pytest.raises(CannotWrite) as fault:
        put(out, {"附件4_区教委.docx": b"ours"})
    assert refused(fault)[0] == "output.exists"
    assert (out / "附件4_区教委.docx").read_bytes() == b"theirs"


@pytest.mark.parametrize("manifest", [None, b"{}", b"\xff", b'{"outputs": []}', "fifo"])
def test_a_folder_that_is_not_a_set_is_refused(tmp_path: Path, manifest: bytes | str | None) -> None:
    out = tmp_path / "文件"
    out.mkdir()
    (out / "台账.xlsx").write_bytes(b"precious")
    if manifest == "fifo":
        os.mkfifo(out / MANIFEST_NAME)
    elif isinstance(manifest, bytes):
        (out / MANIFEST_NAME).write_bytes(manifest)
    for attempt in (lambda: standing_set(out), lambda: put(out, {"甲.docx": b"1"})):
        with pytest.raises(CannotWrite) as fault:
            attempt()
        code, what = refused(fault)
        assert code == "output.not-a-set"
        assert "台账.xlsx" in what
    assert held(out)["台账.xlsx"] == b"precious"
    assert stray(tmp_path) == []


def test_a_report_is_not_written_among_a_set(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲.docx": b"1"})
    before = {path: path.read_bytes() for path in out.iterdir()}
    done = run("build", ROOT / "configs" / "qingping-2026h1.yaml", "--format", "txt", "--out", out)
    assert done.returncode == 4
    assert "output.is-a-set" in done.stderr
    assert {path: path.read_bytes() for path in out.iterdir()} == before


def test_an_empty_folder_is_filled_and_a_missing_one_made(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    (tmp_path / "空" / "Thumbs.db").write_bytes(b"x")
    assert standing_set(tmp_path / "空") is None
    put(tmp_path / "空", {"甲": b"1"})
    assert held(tmp_path / "空") == {"甲": b"1", "Thumbs.db": b"x"}
    assert standing_set(tmp_path / "新" / "分" / "送") is None
    put(tmp_path / "新" / "分" / "送", {"甲": b"1"})
    assert held(tmp_path / "新" / "分" / "送") == {"甲": b"1"}


def test_folders_that_were_made_for_nothing_go_again(tmp_path: Path) -> None:
    with stage_set(tmp_path / "新" / "分" / "送") as stage:
        stage.write("甲", b"1")
    assert list(tmp_path.iterdir()) == []


def test_the_archive_belongs_to_the_set_and_a_file_by_another_hand_is_synced(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    with stage_set(out, ("整套.zip",)) as stage:
        stage.write(MANIFEST_NAME, manifest_bytes(record_of({})))
        with stage.writing("整套.zip") as target:
            target.write_bytes(b"zip")
        stage.put_in_place()
    assert held(out) == {"整套.zip": b"zip"}
    put(out, {"甲": b"1"})
    assert held(out) == {"甲": b"1"}


def test_a_link_to_the_folder_stays_one(tmp_path: Path, way: str) -> None:
    put(tmp_path / "盘" / "真", {"甲": b"1"})
    (tmp_path / "夹").symlink_to("盘/真")
    put(tmp_path / "夹", {"甲": b"2"})
    assert (tmp_path / "夹").is_symlink()
    assert held(tmp_path / "盘" / "真") == {"甲": b"2"}
    (tmp_path / "空链").symlink_to("盘/还没有")
    put(tmp_path / "空链", {"甲": b"3"})
    assert held(tmp_path / "盘" / "还没有") == {"甲": b"3"}
    assert stray(tmp_path) == stray(tmp_path / "盘") == []


def test_who_may_read_the_folder_and_its_files_stays(tmp_path: Path, way: str) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲": b"1", "乙": b"1"})
    out.chmod(0o2750)
    (out / "甲").chmod(0o600)
    put(out, {"甲": b"2", "丙": b"2"}, {"乙": b"1"})
    assert out.stat().st_mode & 0o7777 == 0o2750
    assert (out / "甲").stat().st_mode & 0o777 == 0o600
    (tmp_path / "手写").write_bytes(b"")
    assert (out / "丙").stat().st_mode == (tmp_path / "手写").stat().st_mode


def test_a_file_is_taken_over_only_with_the_content_that_it_must_have(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲": b"1"})
    with stage_set(out) as stage:
        assert not stage.take_over("甲", sha(b"other"))
        assert not stage.take_over("乙", sha(b"1"))
        assert os.listdir(stage.folder) == []
        assert stage.take_over("甲", sha(b"1"))


def test_where_files_have_one_name_only_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲": b"1"})
    (out / "说明").write_bytes(b"mine")
    (out / "说明").chmod(0o440)
    os.utime(out / "说明", (1_000_000_000, 1_000_000_000))
    (out / "链").symlink_to("甲")

    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    put(out, {"乙": b"2"}, {"甲": b"1"})
    assert held(out) == {"甲": b"1", "乙": b"2", "说明": b"mine", "链": b"1"}
    assert (out / "说明").stat().st_mtime == 1_000_000_000
    assert (out / "说明").stat().st_mode & 0o777 == 0o440
    assert (out / "链").is_symlink()
    os.mkfifo(out / "管道")
    with pytest.raises(CannotWrite) as fault:
        put(out, {"乙": b"3"})
    assert "不是普通文件" in refused(fault)[1]
    assert (out / "乙").read_bytes() == b"2"


# ---- places where no folder can be put in another's


@pytest.mark.parametrize("where", [".", "..", "../../分送件", "里面"])
def test_the_current_folder_is_not_replaced(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲": b"1"})
    (out / "里面").mkdir()
    monkeypatch.chdir(out / "里面" if where in ("..", "../../分送件") else out)
    if where == "里面":  # an empty folder in the current one is fine
        put(Path(where), {"乙": b"1"})
        assert held(out) == {"甲": b"1", "里面/乙": b"1"}
        return
    for attempt in (lambda: standing_set(Path(where)), lambda: put(Path(where), {"甲": b"2"})):
        with pytest.raises(CannotWrite) as fault:
            attempt()
        assert refused(fault)[0] == "output.is-current-folder"
    assert (out / "甲").read_bytes() == b"1"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("文件", "不是文件夹"),
        ("文件/里面", "路径中有一段是文件"),
        ("文件/里面/更里面", "路径中有一段是文件"),
        ("自指", "指向自己的链接"),
        ("长" * 86, "太长"),
        ("甲\x00乙", "写入失败"),
        (".reportgen-1-分送件", "临时文件夹"),
    ],
)
@pytest.mark.row("S2", "refused")
def test_a_place_where_no_folder_can_be_is_refused_in_words(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "文件").write_bytes(b"")
    (tmp_path / "自指").symlink_to("自指")
    with pytest.raises(CannotWrite) as fault:
        put(tmp_path / name, {"甲": b"1"})
    code, what = refused(fault)
    assert code == "output.cannot-write"
    assert reason in what
    with pytest.raises(CannotWrite):
        standing_set(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["文件", "自指"]


def as_clerk(code: str) -> subprocess.CompletedProcess[str]:
    """Run code as a user whom the rights of files stop."""
    head = IMPORTS + "import os\nif os.getuid() == 0: os.setgid(65534), os.setuid(65534)\n"
    return subprocess.run([sys.executable, "-c", head + code], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.row("S2", "refused")
def test_a_closed_folder_and_a_closed_parent_are_refused_in_words(tmp_path: Path) -> None:
    for above in (tmp_path, *tmp_path.parents):  # the clerk must get there
        if above == Path(tempfile.gettempdir()):
            break
        above.chmod(0o755)
    put(tmp_path / "开" / "关", {"甲": b"1"})
    (tmp_path / "开").chmod(0o777)
    put(tmp_path / "关" / "开", {"甲": b"1"})
    (tmp_path / "关" / "开").chmod(0o777)
    code = (
        "for name in ('开/关', '关/开', '关/新', '关/新/里'):\n"
        "    for look in (standing_set, lambda out: put(out, {'甲': b'2'})):\n"
        f"        try: look(Path({str(tmp_path)!r}) / name)\n"
        "        except CannotWrite as fault: print(name, *(each.what for each in fault.problems))\n"
    )
    done = as_clerk(code)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["开/关"] * 2 + ["关/开"] * 2 + ["关/新", "关/新/里"]
    assert all("没有写入权限" in line for line in lines)
    assert all("上一级文件夹" in line for line in lines[2:4])
    assert held(tmp_path) == {"开/关/甲": b"1", "关/开/甲": b"1"}
    assert list(tmp_path.rglob(".reportgen-*")) == []


# ---- disks


def disk(place: Path, size: str) -> Iterator[Path]:
    """A small disk of its own."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only the administrator mounts a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    yield from disk(tmp_path / "小盘", "256k")


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    yield from disk(tmp_path / "别盘", "64k")


@pytest.mark.row("S2")
def test_a_full_disk_leaves_the_old_set_whole_at_any_size(small_disk: Path, way: str, tally: Tally) -> None:
    out = small_disk / "分送件"
    old = {f"{number}.docx": b"o" * 4096 for number in range(8)}
    put(out, old)
    (out / "说明").write_bytes(b"mine")
    (out / "子").mkdir()
    told = []
    for pages in range(1, 49, 2):
        new = {f"{number}.docx": b"n" * 4096 * pages for number in range(4)}
        try:
            put(out, new)
        except CannotWrite as fault:
            told.append(str(fault))
            assert held(out) == {**old, "说明": b"mine"}
            tally.refused()
        else:
            old = new
            assert held(out) == {**old, "说明": b"mine"}
            tally.survived()
        assert stray(small_disk) == []
    assert 3 < len(told) < 23
    assert all("output.cannot-write" in each and "磁盘空间不足" in each for each in told)


@pytest.mark.row("S2")
def test_a_full_disk_while_other_files_are_carried_leaves_all_as_it_was(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = small_disk / "分送件"
    put(out, {"甲": b"1"})
    (out / "大").write_bytes(b"x" * 150_000)

    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(CannotWrite) as fault:
        put(out, {"甲": b"2"})
    assert "磁盘空间不足" in refused(fault)[1]
    assert held(out) == {"甲": b"1", "大": b"x" * 150_000}
    assert stray(small_disk) == []


def test_a_disk_of_its_own_and_one_within_the_folder_are_refused_in_words(tmp_path: Path, other_disk: Path) -> None:
    for attempt in (lambda: standing_set(other_disk), lambda: put(other_disk, {"甲": b"1"})):
        with pytest.raises(CannotWrite) as fault:
            attempt()
        assert "磁盘或共享的根" in refused(fault)[1]
    out = tmp_path / "分送件"
    put(out, {"甲": b"1"})
    (out / "盘").mkdir()
    subprocess.run(["mount", "--bind", other_disk, out / "盘"], check=True)
    try:
        (out / "盘" / "里面").write_bytes(b"there")
        with pytest.raises(CannotWrite) as fault:
            put(out, {"甲": b"2"})
        assert "另一个磁盘" in refused(fault)[1]
        assert held(out) == {"甲": b"1", "盘/里面": b"there"}
    finally:
        subprocess.run(["umount", "-l", out / "盘"], check=True)
    assert stray(tmp_path) == []


@pytest.mark.row("S2", "refused")
def test_a_disk_that_cannot_be_written_is_refused_in_words(small_disk: Path) -> None:
    out = small_disk / "分送件"
    put(out, {"甲": b"1"})
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(CannotWrite) as fault:
        put(out, {"甲": b"2"})
    assert "只读" in refused(fault)[1] or "没有写入权限" in refused(fault)[1]
    assert held(out) == {"甲": b"1"}


@pytest.mark.row("S2", "refused")
def test_a_limit_of_size_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    put(tmp_path / "分送件", {"甲": b"1"})
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        f"try: put(Path({str(tmp_path / '分送件')!r}), {{'甲': b'2' * 100, '乙': b'2' * 200_000}})\n"
        "except CannotWrite as fault: print(fault)\n"
    )
    head = IMPORTS
    done = subprocess.run([sys.executable, "-c", head + code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "乙」：文件超过了这里允许的大小" in done.stdout
    assert held(tmp_path / "分送件") == {"甲": b"1"}
    assert stray(tmp_path) == []


# ---- kills and company

# Begins a run for each line that it reads and tells its number: so the imports cost their time once.
RUNS = """
import os, sys
from pathlib import Path
from reportgen import stages
from tests.staged_sets import put
if sys.argv[2] == "two renames":
    stages._EXCHANGE = None
for line in sys.stdin:
    run = os.fork()
    if run:
        print(run, flush=True)
        os.waitpid(run, 0)
        print("ended", flush=True)
        continue
    for turn in range(3000):
        put(Path(sys.argv[1]), {f"{number}.docx": b"%d of %d" % (turn, number) for number in range(6)})
        if turn == 0:
            print("begun", flush=True)
"""


def whole(out: Path) -> None:
    """The folder holds one set, and what its manifest says."""
    record = read_manifest((out / MANIFEST_NAME).read_bytes())
    assert record
    files = {path.name: sha(path.read_bytes()) for path in out.iterdir() if path.suffix == ".docx"}
    assert files == set_files(record)
    assert len(files) == 6
    assert len({(out / name).read_bytes().split()[0] for name in files}) == 1


@pytest.mark.parametrize("road", ["exchange", "two renames"])
@pytest.mark.row("S1")
@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.campaign)])
def test_a_run_killed_at_any_point_leaves_a_whole_set_and_the_next_start_sweeps(
    tmp_path: Path, road: str, kills: int, tally: Tally
) -> None:
    out = tmp_path / "分送件"
    chance = random.Random(6)
    gaps, stages_left = 0, 0
    runs = subprocess.Popen(
        [sys.executable, "-c", RUNS, out, road], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert runs.stdin
    assert runs.stdout
    for kill in range(kills):
        print("one", file=runs.stdin, flush=True)
        number = int(runs.stdout.readline())
        assert runs.stdout.readline() == "begun\n"
        time.sleep(chance.random() * 0.05)
        os.kill(number, signal.SIGKILL)
        assert runs.stdout.readline() == "ended\n"
        stages_left += bool(stray(tmp_path))
        gaps += not out.is_dir()
        if road == "exchange":
            whole(out)
        assert standing_set(out) is not None
        assert stray(tmp_path) == []
        whole(out)
        if kill == 0:
            (out / "说明.txt").write_bytes(b"mine")
            (out / "签收").mkdir()
            (out / "签收" / "甲.jpg").write_bytes(b"scan")
        assert (out / "说明.txt").read_bytes() == b"mine"
        assert (out / "签收" / "甲.jpg").read_bytes() == b"scan"
        tally.survived()
    runs.communicate()
    assert stages_left > 5
    print(f"{stages_left} stages swept, {gaps} sets put back")


@pytest.mark.row("S1")
def test_a_run_killed_between_two_renames_has_its_old_set_put_back(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲": b"1"})
    (out / "说明").write_bytes(b"mine")
    code = (
        "import os, time\nfrom pathlib import Path\nfrom reportgen import stages\nfrom tests.staged_sets import put\n"
        "stages._EXCHANGE = None\n"
        "rename = os.rename\n"
        "def slow(a, b):\n"
        "    rename(a, b)\n"
        "    if Path(b).name == 'old': print('between', flush=True); time.sleep(60)\n"
        "os.rename = slow\n"
        f"put(Path({str(out)!r}), {{'甲': b'2'}})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "between\n"
    assert not out.exists()
    process.kill()
    process.wait()
    process.stdout.close()
    assert standing_set(out) is not None
    assert held(out) == {"甲": b"1", "说明": b"mine"}
    assert stray(tmp_path) == []


@pytest.mark.row("S1")
def test_a_run_killed_while_it_clears_up_behind_two_renames_is_swept_at_the_next_start(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲": b"1"})
    code = (
        "import os, shutil, signal\nfrom pathlib import Path\nfrom reportgen import stages\n"
        "from tests.staged_sets import put\n"
        "stages._EXCHANGE = None\n"
        "def killed(stage, **options):\n"
        "    (Path(stage) / 'place').unlink()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "shutil.rmtree = killed\n"
        f"put(Path({str(out)!r}), {{'甲': b'2'}})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(stray(tmp_path)) == 1
    assert standing_set(out) is not None
    assert stray(tmp_path) == []
    assert (out / "甲").read_bytes() == b"2"


def test_an_old_set_that_cannot_go_back_is_never_swept(tmp_path: Path) -> None:
    left = tmp_path / ".reportgen-999999999-x"
    (left / "old").mkdir(parents=True)
    (left / "old" / "甲").write_bytes(b"only copy")
    for name in (None, "", "../分送件"):
        if name is not None:
            (left / "place").write_text(name)
        stages.sweep(tmp_path)
        assert (left / "old" / "甲").read_bytes() == b"only copy"
    (left / "place").write_text("分送件")
    stages.sweep(tmp_path)
    assert held(tmp_path) == {"分送件/甲": b"only copy"}
    assert stray(tmp_path) == []


def test_a_run_killed_while_it_clears_its_stage_leaves_it_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / ".reportgen-999999999-x"
    for folder in (left / "old", tmp_path / "分送件"):
        folder.mkdir(parents=True)
    (left / "place").write_text("分送件")
    with monkeypatch.context() as killed:
        killed.setattr(shutil, "rmtree", lambda *_, **__: (left / "place").unlink())
        stages.sweep(tmp_path)
    assert stray(tmp_path) == [left.name]
    stages.sweep(tmp_path)
    assert stray(tmp_path) == []


def test_a_stage_is_known_as_alive_by_its_lock_and_not_by_its_number(tmp_path: Path) -> None:
    """In two containers two runs have the same number; a run that was killed has that of another that lives."""
    with stages.stage_in(tmp_path) as own:
        code = "from pathlib import Path\nfrom reportgen import locks, stages\nlocks._YOUNG = -1\n"
        code += f"stages.sweep(Path({str(tmp_path)!r}))"
        moved = own.with_name(".reportgen-999999999-x")
        own.rename(moved)
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        assert moved.is_dir()
        moved.rename(own)
    dead = tmp_path / f".reportgen-{os.getpid()}-killed"
    dead.mkdir()
    (dead / "lock").touch()
    stages.sweep(tmp_path)
    assert dead.is_dir()  # it might just be about to take its lock
    os.utime(dead / "lock", (1, 1))
    stages.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.row("S7")
def test_some_units_do_not_replace_what_another_run_put_there_meanwhile(tmp_path: Path) -> None:
    out = tmp_path / "分送件"
    put(out, {"甲.docx": b"1", "乙.docx": b"1"})
    seen = standing_set(out)
    with stage_set(out) as stage:
        stage.write(MANIFEST_NAME, manifest_bytes(record_of({"甲.docx": b"2", "乙.docx": b"1"})))
        stage.write("甲.docx", b"2")
        assert stage.take_over("乙.docx", sha(b"1"))
        put(out, {"甲.docx": b"1", "乙.docx": b"3"})
        with pytest.raises(CannotWrite) as fault:
            stage.put_in_place(is_whole=False, built_on=seen)
        assert refused(fault)[0] == "output.changed-meanwhile"
    assert (out / "乙.docx").read_bytes() == b"3"
    with stage_set(out) as stage:
        stage.write(MANIFEST_NAME, manifest_bytes(record_of({"甲.docx": b"2", "乙.docx": b"3"})))
        stage.write("甲.docx", b"2")
        assert stage.take_over("乙.docx", sha(b"3"))
        stage.put_in_place(is_whole=False, built_on=standing_set(out))
    assert held(out)["甲.docx"] == b"2"


@pytest.mark.parametrize("road", ["exchange", "two renames"])
@pytest.mark.row("S7")
def test_two_runs_at_once_leave_the_whole_set_of_one(tmp_path: Path, road: str) -> None:
    out = tmp_path / "分送件"
    put(out, {f"{number}.docx": b"%d of %d" % (0, number) for number in range(6)})
    (out / "说明.txt").write_bytes(b"mine")
    lines = RUNS[: RUNS.index("for line")] + RUNS[RUNS.index("    for turn") :].replace("\n    ", "\n").lstrip()
    command = [sys.executable, "-c", lines.replace("3000", "25"), str(out), road]
    runs = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    ended = [(*each.communicate(timeout=60), each.returncode) for each in runs]
    for said, faults, code in ended:
        assert (said, faults, code) == ("begun\n", "", 0)
    whole(out)
    assert (out / "说明.txt").read_bytes() == b"mine"
    assert stray(tmp_path) == []
