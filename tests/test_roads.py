"""Every road that writes files, under every fault: the old files stand whole, or the new ones do, and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reportgen import stages
from tests.frozen import NONE, End, Fault, Frozen, frozen
from tests.projects import run
from tests.reliability.tally import Tally
from tests.roads import ROADS, Road, inputs

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked and disks mounted")

KILLS, SIZES = 200, 24


class Standing:
    """A road held still, and the folder it is about to write into (待写的文件夹): what was there, what will be."""

    def __init__(self, road: Road, out: Path, before: dict[str, bytes], held: Frozen) -> None:
        self.road, self.out, self._held = road, out, held
        self.before = before
        self.undisturbed = held.let_go(NONE)
        assert self.undisturbed.code == road.ends, self.undisturbed.said
        self.after = contents(out)
        assert self.after != before
        assert not strays(out)

    def restore(self) -> None:
        """The folder as it was."""
        for path in self.out.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for name, blob in self.before.items():
            (self.out / name).write_bytes(blob)

    def under(self, fault: Fault) -> End:
        """How the road ends with this fault, from the old files on."""
        self.restore()
        return self._held.let_go(fault)

    def under_now(self) -> End:
        """How it ends in the folder as it is."""
        return self._held.let_go()

    def refused(self, *why: str, fault: Fault = NONE) -> None:
        """The road ends with exit code 4, the place and one of these reasons; the folder is as it was."""
        there = contents(self.out)
        told(self._held.let_go(fault), self.after, *why)
        assert contents(self.out) == there
        assert not strays(self.out)


def told(end: End, names: Iterable[str], *why: str) -> None:
    """What a clerk reads who cannot write there."""
    # That the name of the ledger itself is that of a folder is a wrong input of `collect`.
    assert end.code == (1 if "collect.bad-target" in end.said else 4), end.said
    assert any(each in end.said for each in why), end.said
    assert any(name in end.said for name in names), end.said
    assert "怎么改" in end.said
    assert "Traceback" not in end.said


def contents(out: Path) -> dict[str, bytes]:
    """What everybody sees in the folder."""
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if is_seen(path)}


def is_seen(path: Path) -> bool:
    return path.is_file() and not stages.is_stage(path.name)


def strays(out: Path) -> list[str]:
    return [path.name for path in out.iterdir() if stages.is_stage(path.name)]


@contextmanager
def standing(road: Road, out: Path, said: Path) -> Iterator[Standing]:
    """The road, about to put the new files into the place of the old ones."""
    where = inputs()
    out.mkdir(exist_ok=True)
    if road.begins:
        road.begins(where / "new", out)
    elif road.replaces:
        done = run(*road.words(where / "old", out))
        assert done.returncode == road.ends, done.stderr
    (out / "别的.txt").write_bytes(b"mine")
    before = contents(out)
    with frozen(road.words(where / "new", out), out, said) as held:
        yield Standing(road, out, before, held)


@contextmanager
def disk(place: Path) -> Iterator[None]:
    """A disk of its own, whose size can be set."""
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", place], capture_output=True, check=False)
    try:
        yield
    finally:
        if not done.returncode:
            subprocess.run(["umount", "-l", place], check=True)


def remount(place: Path, options: str) -> None:
    if not os.path.ismount(place):
        pytest.skip("only the administrator mounts a disk")
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True, capture_output=True)


def in_use(place: Path) -> tuple[int, int]:
    """The bytes and the files that are there."""
    state = os.statvfs(place)
    return (state.f_blocks - state.f_bfree) * state.f_frsize, state.f_files - state.f_ffree


@pytest.fixture(scope="module", params=ROADS, ids=lambda road: road.name)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """Each road, held still for all its tests, before a disk of its own where one may be mounted."""
    folder = tmp_path_factory.mktemp("road")
    with disk(folder / "盘"), standing(request.param, folder / "盘", folder / "said") as held:
        yield held


# ---- kills


def kill(place: Standing, fault: Fault) -> None:
    """Whatever is killed when: each file is whole, all are of one run once the next has begun, and no other is left."""
    place.under(fault)
    for name, blob in contents(place.out).items():
        assert blob in (place.before.get(name), place.after.get(name)), name
    stages.sweep(place.out)
    assert contents(place.out) in (place.before, place.after)
    assert not strays(place.out)


@pytest.mark.row("S1")
def test_a_road_killed_before_any_change_leaves_the_old_files_or_the_new_ones(place: Standing, tally: Tally) -> None:
    changes = place.undisturbed.changes
    assert changes >= 7
    for at in range(1, changes + 1):
        kill(place, Fault(at=at))
        tally.survived()
    assert place.under(NONE).code == place.road.ends
    assert contents(place.out) == place.after


@pytest.mark.row("S1")
@pytest.mark.campaign
def test_a_road_killed_two_hundred_times_at_random_leaves_the_old_files_or_the_new_ones(
    place: Standing, tally: Tally
) -> None:
    chance = random.Random(place.road.name)
    begun = time.monotonic()
    place.under(NONE)
    takes = time.monotonic() - begun
    for _ in range(KILLS):
        kill(place, Fault(after=chance.uniform(0.0005, takes)))
        tally.survived()


STOPS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.mark.row("S1")
def test_a_road_that_is_stopped_before_any_change_leaves_all_as_it_was_or_all_new(
    place: Standing, tally: Tally
) -> None:
    changes = place.undisturbed.changes
    for number, code in STOPS.items():
        # The last ones, when the files are in their places and the stage is cleared, and one before.
        for at in range(changes // 2, changes + 1, 3 if number == signal.SIGTERM else changes):
            stop(place, Fault(signal=number, at=at), code)
            tally.survived()


@pytest.mark.row("S1")
@pytest.mark.campaign
def test_a_road_that_is_stopped_before_each_change_leaves_all_as_it_was_or_all_new(
    place: Standing, tally: Tally
) -> None:
    for number, code in STOPS.items():
        for at in range(1, place.undisturbed.changes + 1):
            stop(place, Fault(signal=number, at=at), code)
            tally.survived()


def stop(place: Standing, fault: Fault, code: int) -> None:
    """Who ends the program in good order finds that said, and all files of one run."""
    end = place.under(fault)
    assert end.code == code, end.said
    assert end.said.splitlines()[-1] == "已中断。要写的文件，或者全是原来的，或者全是新的。"
    assert contents(place.out) in (place.before, place.after)
    stages.sweep(place.out)
    assert not strays(place.out)


# ---- disks


@pytest.mark.row("S2")
def test_a_road_says_where_the_disk_takes_no_more_and_leaves_the_old_files(place: Standing, tally: Tally) -> None:
    place.restore()
    size, files = in_use(place.out)
    for full, room, why in (
        (f"size={size}", "size=20m", "磁盘空间不足"),
        (f"nr_inodes={files}", "nr_inodes=0", "磁盘空间不足"),
        ("ro", "rw", "磁盘是只读的"),
    ):
        remount(place.out, full)
        try:
            place.refused(why)
        finally:
            remount(place.out, room)
        tally.refused()
    assert place.under(NONE).code == place.road.ends
    assert contents(place.out) == place.after
    tally.survived()


@pytest.mark.row("S2")
@pytest.mark.campaign
def test_a_road_writes_all_or_nothing_on_a_disk_of_any_of_24_sizes(place: Standing, tally: Tally) -> None:
    place.restore()
    size, _ = in_use(place.out)
    wanted = sum(4096 * (len(blob) // 4096 + 1) for blob in place.after.values()) + 5 * 4096
    refused = 0
    for step in range(SIZES):
        place.restore()
        remount(place.out, f"size={size + wanted * step // (SIZES - 1) // 4096 * 4096}")
        end = place.under_now()
        remount(place.out, "size=20m")
        if end.code == place.road.ends:
            assert contents(place.out) == place.after
            tally.survived()
        else:
            told(end, place.after, "磁盘空间不足")
            assert contents(place.out) == place.before
            tally.refused()
            refused += 1
        assert not strays(place.out)
    assert 0 < refused < SIZES


# ---- what stands in the way


@pytest.mark.row("S2")
def test_a_road_says_what_stands_in_its_way_and_leaves_it(place: Standing, tally: Tally) -> None:
    place.restore()
    name = next(name for name in place.after if name != "别的.txt")
    target, lock = place.out / name, place.out / f".~lock.{name}#"
    lock.write_bytes(b"")
    place.refused("里打开着")
    lock.unlink()
    tally.refused()
    # A road that never replaces what somebody changed says so first.
    changed = ("已经有了", "被人改动")
    for put, *why in (
        (target.mkdir, "同名的文件夹", "是文件夹"),
        (lambda: os.mkfifo(target), "不是普通文件"),
        (lambda: target.symlink_to(name), "指向自己的链接"),
    ):
        place.restore()
        target.unlink(missing_ok=True)
        put()
        kind = target.lstat().st_mode
        place.refused(*why, *changed)
        assert target.lstat().st_mode == kind
        tally.refused()


@pytest.mark.row("S2")
def test_a_road_says_that_a_clerk_may_not_write_there(place: Standing, tally: Tally) -> None:
    place.restore()
    place.out.chmod(0o555)
    place.refused("没有写入权限", fault=Fault(as_clerk=True))
    place.out.chmod(0o755)
    tally.refused()
