"""Files into their folder: all or none."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest

from reportgen.problems import CannotWrite, error
from reportgen.publish import left_over, publish, publish_at, refuse_bad_name
from reportgen.stages import sweep
from tests.projects import ROOT


def test_files_replace_those_of_the_same_name_and_leave_others_alone(tmp_path):
    (tmp_path / "别的.txt").write_bytes(b"keep")
    publish({"甲.docx": b"1", "乙.pdf": b"2"}, tmp_path)
    publish({"甲.docx": b"3"}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "别的.txt": b"keep",
        "甲.docx": b"3",
        "乙.pdf": b"2",
    }


def test_a_missing_folder_is_made(tmp_path):
    publish({"甲": b"1"}, tmp_path / "新" / "夹")
    assert (tmp_path / "新" / "夹" / "甲").read_bytes() == b"1"


def test_a_folder_that_cannot_be_made_is_refused_with_its_name(tmp_path):
    (tmp_path / "文件").write_bytes(b"")
    with pytest.raises(CannotWrite) as caught:
        publish({"甲": b"1"}, tmp_path / "文件")
    (problem,) = caught.value.problems
    assert problem.code == "output.cannot-write"
    assert "文件" in problem.what


@pytest.mark.row("S9", "refused")
def test_if_one_file_cannot_take_its_place_the_others_go_back(tmp_path):
    publish({"甲.docx": b"old"}, tmp_path)
    (tmp_path / "丙.pdf").mkdir()
    with pytest.raises(CannotWrite) as caught:
        publish({"甲.docx": b"new", "乙.html": b"new", "丙.pdf": b"new"}, tmp_path)
    assert "丙.pdf" in caught.value.problems[0].what
    assert "同名的文件夹" in caught.value.problems[0].what
    assert (tmp_path / "甲.docx").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["丙.pdf", "甲.docx"])


@pytest.mark.row("S9", "refused")
def test_what_stands_in_its_place_in_one_folder_goes_back_if_another_folder_takes_nothing(tmp_path, monkeypatch):
    one, other = tmp_path / "一" / "甲.docx", tmp_path / "二" / "乙.docx"
    publish_at({one: b"old", other: b"old"})
    moved, replace = [], os.replace

    def failing(source, target):
        moved.append(target)
        if len(moved) == 2:  # the whole first folder is new by now
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(CannotWrite):
        publish_at({one: b"new", other: b"new"})
    assert moved == [one, other, one]
    assert [one.read_bytes(), other.read_bytes()] == [b"old", b"old"]
    assert len([*tmp_path.rglob("*")]) == 4


def test_a_file_of_an_earlier_run_beside_the_new_ones_is_told(tmp_path):
    manifest = json.dumps({"outputs": [{"file": "报告.pdf"}, {"file": "别的.pdf"}]}).encode()
    publish({"报告.pdf": b"1", "manifest.json": manifest}, tmp_path)
    (problem,) = left_over({"报告.docx": b"2"}, tmp_path, "manifest.json")
    assert problem.code == "output.left-over"
    assert "报告.pdf" in problem.what
    assert left_over({"报告.docx": b"2"}, tmp_path / "nowhere", "manifest.json") == []


@pytest.mark.row("S2", "refused")
def test_a_name_that_cannot_be_written_leaves_the_old_files_whole(tmp_path):
    publish({"甲": b"old"}, tmp_path)
    with pytest.raises(CannotWrite):
        publish({"甲": b"new", "名" * 200: b"too long"}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"甲": b"old"}


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.row("S1")
def test_what_a_killed_run_left_is_swept_and_the_old_file_is_whole(tmp_path):
    publish({"甲": b"old" * 1000}, tmp_path)
    code = (
        "import os, reportgen.publish as p\n"
        "p.os.replace = lambda *a: (print('staged', flush=True), __import__('time').sleep(60))\n"
        f"p.publish({{'甲': b'new'}}, __import__('pathlib').Path({str(tmp_path)!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"staged\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert (tmp_path / "甲").read_bytes() == b"old" * 1000
    assert any(path.name.startswith(".reportgen-") for path in tmp_path.iterdir())
    publish({"乙": b"1"}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["甲", "乙"])


def test_the_stage_of_a_run_still_at_work_is_kept(tmp_path):
    own = tmp_path / f".reportgen-{os.getpid()}-x"
    own.mkdir()
    publish({"甲": b"1"}, tmp_path)
    assert own.is_dir()


def test_a_link_stays_one_and_the_file_that_it_points_at_is_replaced(tmp_path):
    (tmp_path / "真").mkdir()
    (tmp_path / "夹").mkdir()
    (tmp_path / "真" / "台账.xlsx").write_bytes(b"old")
    (tmp_path / "夹" / "台账.xlsx").symlink_to("../真/台账.xlsx")
    publish({"台账.xlsx": b"new", "页.html": b"page"}, tmp_path / "夹")
    assert (tmp_path / "夹" / "台账.xlsx").is_symlink()
    assert (tmp_path / "真" / "台账.xlsx").read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["台账.xlsx", "台账.xlsx", "夹", "真", "页.html"]


def test_if_a_file_cannot_take_its_place_what_a_link_points_at_goes_back(tmp_path):
    (tmp_path / "真").mkdir()
    (tmp_path / "夹" / "乙").mkdir(parents=True)
    (tmp_path / "真" / "甲").write_bytes(b"old")
    (tmp_path / "夹" / "甲").symlink_to(tmp_path / "真" / "甲")
    with pytest.raises(CannotWrite):
        publish({"甲": b"new", "乙": b"new"}, tmp_path / "夹")
    assert (tmp_path / "真" / "甲").read_bytes() == b"old"
    assert [path.name for path in (tmp_path / "真").iterdir()] == ["甲"]


def test_a_link_that_points_at_itself_is_refused_by_that_name(tmp_path):
    (tmp_path / "甲").symlink_to("甲")
    with pytest.raises(CannotWrite) as caught:
        publish({"甲": b"new"}, tmp_path)
    assert "指向自己的链接" in caught.value.problems[0].what
    assert [path.name for path in tmp_path.iterdir()] == ["甲"]


def test_what_is_no_plain_file_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "甲")
    with pytest.raises(CannotWrite) as caught:
        publish({"甲": b"new"}, tmp_path)
    assert "不是普通文件" in caught.value.problems[0].what
    assert (tmp_path / "甲").is_fifo()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_who_may_read_a_file_stays_when_it_is_replaced(tmp_path, mode):
    (tmp_path / "台账").write_bytes(b"old")
    (tmp_path / "台账").chmod(mode)
    publish({"台账": b"new", "新的": b"1"}, tmp_path)
    assert (tmp_path / "台账").stat().st_mode & 0o777 == mode
    (tmp_path / "手写").write_bytes(b"")
    assert (tmp_path / "新的").stat().st_mode == (tmp_path / "手写").stat().st_mode


def test_a_name_of_the_most_bytes_is_written_and_a_longer_one_refused_with_what_to_do(tmp_path):
    name = "长" * 85
    publish({name: b"1"}, tmp_path)
    publish({name: b"2"}, tmp_path)
    assert (tmp_path / name).read_bytes() == b"2"
    with pytest.raises(CannotWrite) as caught:
        publish({name + "长": b"1"}, tmp_path)
    (problem,) = caught.value.problems
    assert "文件名太长" in problem.what
    assert "短些的文件名" in problem.fix
    assert len(problem.what) <= 300
    with pytest.raises(CannotWrite, match="文件名太长"):
        refuse_bad_name(tmp_path / (name + "长"))
    refuse_bad_name(tmp_path / name)
    refuse_bad_name(tmp_path / "没有")


@pytest.mark.row("S7", "refused")
def test_what_must_not_be_replaced_is_asked_for_last_and_nothing_is_touched(tmp_path):
    publish({"甲": b"old"}, tmp_path)
    seen = []

    def refuse():
        seen.append(sorted(path.suffix for path in tmp_path.glob(".reportgen-*/*")))
        raise CannotWrite([error("output.exists", "有了", "请换名")])

    with pytest.raises(CannotWrite, match="有了"):
        publish({"甲": b"new", "乙": b"new"}, tmp_path, refuse)
    assert seen == [["", ".new", ".new"]]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"甲": b"old"}


def test_files_in_two_folders_are_all_or_none_and_folders_made_for_nothing_go_again(tmp_path):
    (tmp_path / "二" / "乙").mkdir(parents=True)
    with pytest.raises(CannotWrite, match="同名的文件夹"):
        publish_at({tmp_path / "一" / "深" / "甲": b"1", tmp_path / "二" / "乙": b"2"})
    assert [path.name for path in tmp_path.rglob("*")] == ["二", "乙"]
    publish_at({tmp_path / "一" / "深" / "甲": b"1", tmp_path / "二" / "丙": b"2"})
    assert ((tmp_path / "一" / "深" / "甲").read_bytes(), (tmp_path / "二" / "丙").read_bytes()) == (b"1", b"2")


def half_done(folder, then):
    """A run that is killed when one of two files is in its place; the other waits."""
    code = (
        "import os, pathlib, signal, reportgen.publish as p\n"
        "replace = os.replace\n"
        "def once(*names): replace(*names); os.kill(os.getpid(), signal.SIGKILL)\n"
        "p.os.replace = once\n"
        f"p.publish({then!r}, pathlib.Path({str(folder)!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == -signal.SIGKILL


@pytest.mark.row("S1")
@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
def test_a_run_killed_between_two_files_is_undone_by_the_next_but_not_what_somebody_wrote_since(tmp_path):
    publish({"甲": b"old", "乙": b"old"}, tmp_path)
    half_done(tmp_path, {"甲": b"new", "乙": b"new"})
    assert ((tmp_path / "甲").read_bytes(), (tmp_path / "乙").read_bytes()) == (b"new", b"old")
    publish({"别的": b"1"}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"甲": b"old", "乙": b"old", "别的": b"1"}
    half_done(tmp_path, {"丙": b"new", "乙": b"new"})
    assert (tmp_path / "丙").read_bytes() == b"new"
    publish({"别的": b"2"}, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"甲", "乙", "别的"}
    half_done(tmp_path, {"甲": b"new", "乙": b"new"})
    (tmp_path / "甲").write_bytes(b"by hand")
    publish({"别的": b"3"}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "甲": b"by hand",
        "乙": b"old",
        "别的": b"3",
    }


@pytest.mark.parametrize(
    "note",
    [
        b"{",
        b"[]",
        b"7",
        b'{"0.new": 1}',
        b'{"0.new": ["../gone", [1, 2, 3], true], "1.new": ["x", [1], false]}',
        b'{"../../keep": ["keep", [1, 2, 3], false]}',
    ],
)
def test_a_note_by_another_hand_leads_nowhere(tmp_path, note):
    stage = tmp_path / "夹" / ".reportgen-999999999-x"
    stage.mkdir(parents=True)
    (tmp_path / "keep").write_bytes(b"keep")
    (stage / "places.json").write_bytes(note)
    (stage / "1.new").write_bytes(b"")
    sweep(tmp_path / "夹")
    assert {path.name for path in tmp_path.rglob("*")} == {"夹", "keep"}


def one_of_ten(folder, number, start, rounds):
    replace = os.replace

    def slowly(*names):
        """So that the others would come between, if they could."""
        replace(*names)
        time.sleep(0.005)

    os.replace = slowly  # type: ignore[assignment]
    start.wait()
    for _ in range(rounds):
        publish(dict.fromkeys("甲乙丙丁", b"%d" % number * 1000), folder)


@pytest.mark.row("S7")
@pytest.mark.parametrize("rounds", [2, pytest.param(40, marks=pytest.mark.campaign)])
def test_ten_runs_at_once_leave_the_files_of_one(tmp_path, tally, rounds):
    processes = multiprocessing.get_context("forkserver")
    start = processes.Event()
    runs = [processes.Process(target=one_of_ten, args=(tmp_path, number, start, rounds)) for number in range(10)]
    for each in runs:
        each.start()
    start.set()
    for each in runs:
        each.join(60)
        assert each.exitcode == 0
        tally.survived()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted("甲乙丙丁")
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


def test_a_manifest_that_is_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "manifest.json")
    assert left_over({"报告.docx": b"2"}, tmp_path, "manifest.json") == []
