"""What lies in two folders or archives and belongs together (文件夹、压缩包的比对): found, left out, paired, told."""

from __future__ import annotations

import os
import stat
import struct
import time
import zlib
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from reportgen.compare import Compared, Relation, Request, Whole, compare_blobs, compare_paths
from reportgen.compare_view import summary, text_lines
from reportgen.comparison.files.file_pairs import aligned, paired
from reportgen.comparison.files.members import Member, Members, member_bytes, members_of_archive, members_of_folder
from reportgen.confine import LIMITS
from reportgen.limits import STANDARD
from reportgen.problems import InputError
from tests.bad_files import word_file
from tests.conftest import Hold
from tests.ledger_files import repacked


def put(path: Path, content: str | bytes = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def packed(path: Path, *entries: tuple[str | ZipInfo, bytes], method: int = ZIP_DEFLATED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def of_folder(folder: Path) -> Members:
    return members_of_folder(folder, folder.name, LIMITS)


def of_archive(path: Path) -> Members:
    return members_of_archive(Member(name=path.name, path=path), LIMITS)


def codes(members: Members) -> dict[str, str]:
    return {each.name: problem.code for each in members.files for problem in each.problems}


def states(compared: Compared) -> dict[str, Relation]:
    return {pair.name: pair.relation for pair in compared.files}


def kinds(compared: Compared) -> list[str]:
    return [difference.kind for difference in compared.every_difference()]


# ---- what is found in a folder


def test_what_nobody_made_is_left_out_and_told(tmp_path: Path) -> None:
    side = tmp_path / "甲"
    for name in ("报告.txt", "~$报告.docx", ".~报告.docx", ".reportgen-work-1", ".隐藏", "Thumbs.db", ".git/config"):
        put(side / name)
    put(side / "__MACOSX" / "._报告.txt")
    found = of_folder(side)
    assert [each.name for each in found.files] == ["报告.txt"]
    assert dict(found.left_out) == {
        "~$报告.docx": "办公软件的临时文件",
        ".~报告.docx": "办公软件的临时文件",
        ".reportgen-work-1": "隐藏文件",
        ".隐藏": "隐藏文件",
        "Thumbs.db": "系统文件",
        ".git": "隐藏的文件夹",
        "__MACOSX": "系统文件夹",
    }
    put(tmp_path / "乙" / "报告.txt")
    assert summary(compare_paths(side, tmp_path / "乙")) == (
        "共 1 个文件：1 个一样。略过 7 个：办公软件的临时文件 2、系统文件 1、系统文件夹 1、隐藏文件 2、隐藏的文件夹 1。"
    )


def test_links_lead_nowhere_else_and_never_round_and_round(tmp_path: Path) -> None:
    side = tmp_path / "甲"
    put(side / "报告.txt")
    (side / "自己").symlink_to(side)
    (side / "圈").symlink_to(side / "圈")
    (side / "里面.txt").symlink_to(side / "报告.txt")
    (side / "外面.txt").symlink_to(put(tmp_path / "别处" / "机密.txt"))
    (side / "断了.txt").symlink_to(side / "没有")
    found = of_folder(side)
    assert [each.name for each in found.files] == ["报告.txt", "里面.txt"]
    assert dict(found.left_out) == {
        "自己": "链接的文件夹，没有进去看",
        "圈": "断开的链接",
        "外面.txt": "指向文件夹以外的链接",
        "断了.txt": "断开的链接",
    }


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(put(tmp_path / "甲" / "报告.txt").with_name("管道"))
    assert of_folder(tmp_path / "甲").left_out == (("管道", "设备一类，不是普通文件"),)


def test_a_closed_folder_and_a_file_too_big_are_told_and_keep_no_other_from_being_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in ("甲", "乙"):
        put(tmp_path / side / "报告.txt")
        put(tmp_path / side / "太大.txt", side * 100)
    closed = put(tmp_path / "甲" / "锁着的" / "里面.txt").parent
    whole = os.scandir

    def scandir(path: str | int) -> object:  # the tests may run as one who may read everything
        if not isinstance(path, int) and Path(path) == closed:
            raise PermissionError(13, "", str(path))
        return whole(path)

    monkeypatch.setattr(os, "scandir", scandir)
    compared = compare_paths(tmp_path / "甲", tmp_path / "乙", Request(limits=replace(LIMITS, file_bytes=150)))
    assert states(compared)["报告.txt"] is Relation.SAME_BYTES
    assert states(compared)["太大.txt"] is Relation.FAILED
    assert {(problem.code, str(problem.where)) for problem in compared.every_problem()} == {
        ("file.too-big", "甲/太大.txt"),
        ("file.too-big", "乙/太大.txt"),
        ("file.closed-folder", "甲/锁着的"),
    }
    assert not compared.equal


def test_a_folder_with_far_too_much_in_it_is_refused(tmp_path: Path, hold: Hold) -> None:
    hold(archives={"compared_files": 5})
    for number in range(6):
        put(tmp_path / "甲" / f"{number}.txt")
    with pytest.raises(InputError) as fault:
        of_folder(tmp_path / "甲")
    assert [problem.code for problem in fault.value.problems] == ["compare.too-many-files"]


def test_a_folder_in_a_folder_in_a_folder_ends_somewhere(tmp_path: Path) -> None:
    put(tmp_path / "甲" / "/".join("套" * (STANDARD.archives.compared_depth + 3)) / "底.txt")
    assert list(codes(of_folder(tmp_path / "甲")).values()) == ["file.closed-folder"]


# ---- what is found in an archive


def test_names_that_chinese_windows_wrote_are_read_as_they_were_meant(tmp_path: Path) -> None:
    raw = "附件/区教委.txt".encode("gbk")
    place = packed(tmp_path / "a.zip", ("X" * len(raw), b"1"))
    place.write_bytes(place.read_bytes().replace(b"X" * len(raw), raw))
    assert [each.name for each in of_archive(place).files] == ["附件/区教委.txt"]


def test_hostile_names_in_an_archive_are_told_and_lead_nowhere(tmp_path: Path) -> None:
    names = ("../../etc/passwd", "/etc/shadow", "C:\\Windows\\a.txt", "..\\b.txt", "好.txt")
    found = of_archive(packed(tmp_path / "a.zip", *((name, b"1") for name in names)))
    assert set(codes(found).values()) == {"file.unsafe"}
    assert [each.name for each in found.files if not each.problems] == ["好.txt"]
    assert len(found.files) == len(names)


def test_two_files_of_one_name_in_an_archive_are_told(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        place = packed(tmp_path / "a.zip", ("报告.txt", b"1"), ("报告.txt", b"2"), ("A.TXT", b"3"), ("a.txt", b"4"))
    assert set(codes(of_archive(place)).values()) == {"file.unsafe"}


@pytest.mark.row("I1", "refused")
def test_bombs_are_told_by_name_and_the_rest_is_compared(tmp_path: Path) -> None:
    zeros = bytes(40 * 1024 * 1024)
    found = of_archive(
        packed(tmp_path / "a.zip", ("炸弹.bin", zeros), ("大.bin", zeros[: 1024 * 1024]), ("好.txt", b"1"))
    )
    assert codes(found) == {"炸弹.bin": "file.unsafe"}
    big = os.urandom(1024) * (51 * 1024)
    found = of_archive(packed(tmp_path / "b.zip", ("太大.bin", big), ("好.txt", b"1"), method=0))
    assert codes(found) == {"太大.bin": "file.too-big"}


def test_an_archive_that_unpacks_to_more_than_any_disk_is_refused(tmp_path: Path, hold: Hold) -> None:
    hold(archives={"compared_unpacked_mb": 1000 / 1024**2})
    with pytest.raises(InputError) as fault:
        of_archive(packed(tmp_path / "a.zip", *((f"{i}.txt", os.urandom(300)) for i in range(5))))
    assert [problem.code for problem in fault.value.problems] == ["file.unsafe"]


def encrypted(path: Path, *names: str) -> Path:
    """The archive with the mark of a password on these files."""
    blob = bytearray(path.read_bytes())
    with ZipFile(BytesIO(bytes(blob))) as archive:
        for info in archive.infolist():
            if info.filename in names:
                blob[info.header_offset + 6] |= 1
    at = 0
    while (at := blob.find(b"PK\x01\x02", at)) >= 0:
        length = struct.unpack_from("<H", blob, at + 28)[0]
        if blob[at + 46 : at + 46 + length].decode() in names:
            blob[at + 8] |= 1
        at += 46
    path.write_bytes(bytes(blob))
    return path


def test_what_a_password_locks_is_told_for_each_file_or_for_the_whole(tmp_path: Path) -> None:
    entries = (("甲.txt", b"1"), ("乙.txt", b"2"))
    assert codes(of_archive(encrypted(packed(tmp_path / "a.zip", *entries), "甲.txt"))) == {"甲.txt": "file.encrypted"}
    with pytest.raises(InputError) as fault:
        of_archive(encrypted(packed(tmp_path / "b.zip", *entries), "甲.txt", "乙.txt"))
    assert [problem.code for problem in fault.value.problems] == ["file.encrypted"]


def test_a_file_whose_bytes_are_broken_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    place = packed(tmp_path / "a.zip", ("坏.txt", b"abcdef"), ("好.txt", b"1"), method=0)
    place.write_bytes(place.read_bytes().replace(b"abcdef", b"abcdeX"))
    assert zlib.crc32(b"abcdef") != zlib.crc32(b"abcdeX")
    assert codes(of_archive(place)) == {"坏.txt": "file.damaged"}


def test_a_link_in_an_archive_is_left_out(tmp_path: Path) -> None:
    link = ZipInfo("链接.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = of_archive(packed(tmp_path / "a.zip", (link, b"/etc/passwd"), ("__MACOSX/._a", b""), ("好.txt", b"1")))
    assert dict(found.left_out) == {"链接.txt": "链接或设备，不是普通文件", "__MACOSX/._a": "系统文件"}


def test_an_archive_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    place = packed(tmp_path / "a.zip", ("报告.txt", b"1"), ("别的.txt", b"2"))
    first, second = of_archive(place).files
    assert member_bytes(first, LIMITS) == b"1"
    with pytest.raises(InputError) as fault:
        member_bytes(replace(second, sha256=first.sha256), LIMITS)
    assert [problem.code for problem in fault.value.problems] == ["compare.changed"]


# ---- which belongs to which


def files(*names: str) -> list[Member]:
    """Members of these names; what stands behind `=` is their content."""
    return [Member(name=name.partition("=")[0], sha256=name.partition("=")[2] or name) for name in names]


def pairs(first: Sequence[str], second: Sequence[str]) -> list[tuple[str, str]]:
    found = paired(files(*first), files(*second))
    return [(pair.first.name if pair.first else "", pair.second.name if pair.second else "") for pair in found]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (["a.txt", "b.txt"], ["b.txt", "a.txt"], [("a.txt", "a.txt"), ("b.txt", "b.txt")]),
        (["A.TXT"], ["a.txt"], [("A.TXT", "a.txt")]),
        (["旧.docx=1"], ["新名.docx=1"], [("旧.docx", "新名.docx")]),
        (["附件12_区教委.docx"], ["附件13_区教委.docx"], [("附件12_区教委.docx", "附件13_区教委.docx")]),
        (
            ["督查报告（初稿）.docx"],
            ["督查报告（终稿）v2.docx"],
            [("督查报告（初稿）.docx", "督查报告（终稿）v2.docx")],
        ),
        (["甲/报告.docx"], ["乙/报告.docx"], [("甲/报告.docx", "乙/报告.docx")]),
        # Nothing is paired on weak evidence.
        (["附件1.docx"], ["附件2.docx"], [("附件1.docx", ""), ("", "附件2.docx")]),
        (["区教委.docx"], ["区教委.pdf"], [("区教委.docx", ""), ("", "区教委.pdf")]),
        (["渝东南中心.docx"], ["渝东北中心.docx"], [("渝东南中心.docx", ""), ("", "渝东北中心.docx")]),
        (
            ["1_区教委.docx", "2_区教委.docx"],
            ["3_区教委.docx"],
            [("1_区教委.docx", ""), ("2_区教委.docx", ""), ("", "3_区教委.docx")],
        ),
    ],
)
def test_files_are_paired_by_name_then_content_then_what_the_name_says(
    first: list[str], second: list[str], found: list[tuple[str, str]]
) -> None:
    assert sorted(pairs(first, second)) == sorted(found)


def test_pairs_come_in_the_order_of_the_numbers_in_their_names() -> None:
    names = ["附件10.txt", "附件9.txt", "附件2.txt"]
    assert [first for first, _ in pairs(names, names)] == ["附件2.txt", "附件9.txt", "附件10.txt"]


def test_a_name_of_thousands_of_digits_is_a_name_like_any_other() -> None:
    digits = "9" * 5000
    names = [f"附件{digits}.txt", "附件10.txt", "附件2.txt", "附件010.txt"]
    pairs = paired([Member(name=name) for name in names], [])
    assert [pair.first.name for pair in pairs if pair.first] == ["附件2.txt", "附件10.txt", "附件010.txt", names[0]]


def test_thousands_of_files_that_belong_to_none_do_not_slow_down_the_pairing_of_the_others() -> None:
    kept = [f"附件{n}甲.txt" for n in range(8_000)]
    first = [Member(name=name, sha256=f"1{name}") for name in (*(f"原{n}原.txt" for n in range(8_000)), *kept)]
    second = [Member(name=name, sha256=f"2{name}") for name in (*(f"现{n}现.pdf" for n in range(8_000)), *kept)]
    begun = time.process_time()
    pairs = paired(first, second)
    assert time.process_time() - begun < 4
    assert sum(bool(pair.first and pair.second) for pair in pairs) == 8_000
    assert len(pairs) == 24_000


def test_the_folder_that_an_archive_is_packed_in_does_not_count() -> None:
    plain, in_folder = files("a.txt", "b/c.txt"), files("报告/a.txt", "报告/b/c.txt")
    for one, other in ((plain, in_folder), (in_folder, plain)):
        first, second = aligned(one, other)
        assert [each.name for each in first] == [each.name for each in second] == ["a.txt", "b/c.txt"]
    both = aligned(in_folder, in_folder)
    assert both[0][0].name == "报告/a.txt"


# ---- two sides


def test_one_sided_and_renamed_files_are_differences_of_their_own(tmp_path: Path) -> None:
    put(tmp_path / "甲" / "只有原来.txt", "1")
    put(tmp_path / "甲" / "旧名.bin", b"\x89PNG same")
    put(tmp_path / "乙" / "新名.bin", b"\x89PNG same")
    put(tmp_path / "乙" / "只有现在.csv", "2")
    compared = compare_paths(tmp_path / "甲", tmp_path / "乙")
    assert [each.said for each in compared.every_difference()] == [
        "少了文件：只有原来.txt",
        "多了文件：只有现在.csv",
        "文件改名：旧名.bin → 新名.bin，内容一样",
    ]
    assert kinds(compared) == ["files.gone", "files.added", "files.renamed"]
    assert summary(compared) == "共 3 个文件：1 个不同，1 个多出，1 个缺少；3 处不同：文件 3 处。"


def test_what_has_no_reader_is_the_same_or_not(tmp_path: Path) -> None:
    for side, inner in (("甲", b"1"), ("乙", b"2")):
        put(tmp_path / side / "图.png", b"\x89PNG\r\n\x1a\n" + inner)
        put(tmp_path / side / "一样.png", b"\x89PNG\r\n\x1a\n")
        packed(tmp_path / side / "里面.zip", ("a.txt", inner))
    compared = compare_paths(tmp_path / "甲", tmp_path / "乙")
    assert states(compared)["一样.png"] is Relation.SAME_BYTES
    assert kinds(compared) == ["files.changed", "files.changed"]
    assert "图片" in next(compared.every_difference()).said


def test_a_bad_file_does_not_keep_the_others_from_being_compared(tmp_path: Path) -> None:
    for side in ("甲", "乙"):
        put(tmp_path / side / "好.txt", side)
        put(tmp_path / side / "坏.docx", word_file()[: 5000 if side == "甲" else 6000])
        put(tmp_path / side / "旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + side.encode())
        put(tmp_path / side / "变了.docx", word_file() if side == "甲" else "不是 Word 文件\n")
    compared = compare_paths(tmp_path / "甲", tmp_path / "乙")
    found = states(compared)
    assert found["好.txt"] is Relation.COMPARED
    assert {found["坏.docx"], found["旧.doc"], found["变了.docx"]} == {Relation.FAILED}
    told = {(problem.code, problem.where.file) for problem in compared.every_problem() if problem.where}
    assert {("file.damaged", "甲/坏.docx"), ("file.damaged", "乙/坏.docx")} <= told
    assert ("compare.kinds-differ", "甲/变了.docx") in told
    assert summary(compared).startswith("共 4 个文件：1 个不同，3 个没有比成；")


def test_a_folder_and_an_archive_of_it_are_equal(tmp_path: Path) -> None:
    blob = word_file()
    put(tmp_path / "甲" / "报告.docx", blob)
    put(tmp_path / "甲" / "附件" / "清单.txt", "一\n二\n")
    put(tmp_path / "甲" / ".DS_Store")
    place = packed(tmp_path / "乙.zip", ("成果/报告.docx", blob), ("成果/附件/清单.txt", "一\n二\n".encode()))
    compared = compare_paths(tmp_path / "甲", place)
    assert compared.equal
    assert compared.whole is Whole.FOLDERS
    assert list(text_lines(compared)) == ["原：甲", "现：乙.zip", "共 2 个文件：2 个一样。略过 1 个：系统文件 1。"]


def test_what_lies_in_two_archives_is_compared_like_what_lies_in_two_folders(tmp_path: Path) -> None:
    blob = word_file()
    first = packed(tmp_path / "a.zip", ("报告.docx", blob), ("清单.txt", "一\n二\n三".encode()))
    second = packed(tmp_path / "b.zip", ("报告.docx", repacked(blob)), ("清单.txt", "一\n二二\n三".encode()))
    compared = compare_paths(first, second)
    assert states(compared) == {"报告.docx": Relation.COMPARED, "清单.txt": Relation.COMPARED}
    (difference,) = compared.every_difference()
    assert (difference.before, difference.after) == ("二", "二二")
    by_bytes = compare_blobs(("a.zip", first.read_bytes()), ("b.zip", second.read_bytes()))
    assert by_bytes.files == compared.files


def test_contents_are_kept_as_far_as_memory_should_hold_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        put(tmp_path / f"原/{n}.txt", "一\n二")
        put(tmp_path / f"现/{n}.txt", "一\n三")
    monkeypatch.setattr("reportgen.compare.MOST_KEPT", 10_000)
    compared = compare_paths(tmp_path / "原", tmp_path / "现", Request(keep=True))
    assert [bool(pair.contents and pair.blobs) for pair in compared.files] == [True, True, False, False]
    assert [len(pair.differences) for pair in compared.files] == [1, 1, 1, 1]


def test_two_folders_without_a_file_and_a_folder_with_a_file_are_refused(tmp_path: Path) -> None:
    for side in ("甲", "乙"):
        put(tmp_path / side / ".隐藏")
    file = put(tmp_path / "报告.docx", word_file())
    for one, other, code in (
        (tmp_path / "甲", tmp_path / "乙", "compare.no-files"),
        (tmp_path / "甲", file, "compare.kinds-differ"),
        (file, tmp_path / "甲", "compare.kinds-differ"),
        (packed(tmp_path / "空.zip"), packed(tmp_path / "也空.zip", (".隐藏", b"")), "compare.no-files"),
    ):
        with pytest.raises(InputError) as fault:
            compare_paths(one, other)
        assert [problem.code for problem in fault.value.problems] == [code]


def test_thousands_of_files_are_compared_in_no_time(tmp_path: Path) -> None:
    entries = [(f"附件{i}.txt", f"第{i}份\n".encode()) for i in range(3000)]
    first = packed(tmp_path / "a.zip", *entries)
    second = packed(tmp_path / "b.zip", *entries[:-1], ("附件2999.txt", "改了\n".encode()))
    told: list[tuple[str, int, int]] = []
    compared = compare_paths(first, second, Request(), lambda *each: told.append(each))
    assert len(compared.files) == 3000
    assert [pair.name for pair in compared.files if not pair.equal] == ["附件2999.txt"]
    assert told[-1] == ("比对", 3000, 3000)
