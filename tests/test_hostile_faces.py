"""Faces that are damaged, lie, or go away (字体出错): the run says so, and no letter is left out or drawn as a box."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from reportgen.pdf_engine import PdfEngine
from reportgen.problems import EnvironmentLacking
from reportgen.review.readback_pdf import pdf_faces
from reportgen.styles import FontRole
from reportgen.writers import writer_of
from reportgen.writers.fonts import FontSet, GlyphsMissing, coverage, find_fonts
from tests.builders import ROOT, document, h, p, row, section, styles, table
from tests.reliability.tally import Tally

BOTH = pytest.mark.parametrize("engine", PdfEngine)
LATIN = find_fonts({}).roles[FontRole.LATIN].face.path


def refused(function: Callable[[], object]) -> list[str]:
    """What is said of it: each sentence names what is wrong and how to mend it, in Chinese."""
    with pytest.raises(EnvironmentLacking) as fault:
        function()
    for problem in fault.value.problems:
        assert problem.code.startswith("fonts.")
        assert "Error" not in str(problem)
        assert re.search("请|apt-get", problem.fix)
    return [problem.what for problem in fault.value.problems]


def drawn(fonts: FontSet, engine: PdfEngine, text: str = "甲乙，Ab1") -> bytes:
    tree = document(section(p(text), h(2, "（一）", text)))
    return writer_of("pdf", engine).write(tree, styles(), fonts).value


# ---- characters that no face has


@pytest.mark.row("R9", "refused")
@BOTH
def test_thirty_rare_characters_are_named_each_with_its_place(engine: PdfEngine, tally: Tally) -> None:
    rare = "".join(map(chr, range(0x31350, 0x31350 + 30)))
    tree = document(section(p(rare[:10]), table((0.5, 0.5), [row("甲", rare[10:20])], [row(rare[20:], "乙")])))
    with pytest.raises(GlyphsMissing) as fault:
        writer_of("pdf", engine).write(tree, styles(), find_fonts({}))
    told = [problem.what for problem in fault.value.problems]
    assert told == [f"没有字体能显示「{each}」（U+{ord(each):04X}）" for each in rare]
    tally.refused(len(rare))


# ---- faces that are no longer what was found


def to_folder(face: Path) -> None:
    face.unlink()
    face.mkdir()


LATER: Mapping[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda face: face.write_bytes(b""),
    "cut off": lambda face: face.write_bytes(face.read_bytes()[:100_000]),
    "a folder": to_folder,
    "another face": lambda face: shutil.copy(face.with_name("FandolHei-Regular.otf"), face),
}


@pytest.mark.row("R10", "refused")
@BOTH
def test_a_face_that_goes_away_or_changes_after_it_was_found_is_named(
    engine: PdfEngine, tmp_path: Path, tally: Tally
) -> None:
    for number, change in enumerate(LATER.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        for found in find_fonts({}).roles.values():
            name = folder / found.face.path.name
            shutil.copy(found.face.path, name) if "Kai" in name.name else name.symlink_to(found.face.path)
        fonts = find_fonts({}, [folder])
        change(folder / "FandolKai-Regular.otf")
        (said,) = refused(lambda fonts=fonts: drawn(fonts, engine))  # type: ignore[misc]
        assert "Fandol 楷体" in said
        assert "FandolKai-Regular.otf" in said
        tally.refused()


@pytest.mark.row("R10", "refused")
def test_each_family_that_is_missing_is_named(tmp_path: Path, tally: Tally) -> None:
    """A file for each role and nothing that could stand in: whichever is taken away, it is that role that is told."""
    for role, found in find_fonts({}).roles.items():
        folder = tmp_path / role.name
        folder.mkdir()
        for other in find_fonts({}).roles.values():
            if other.face != found.face:
                (folder / other.face.path.name).symlink_to(other.face.path)
        (said,) = refused(lambda folder=folder: find_fonts({}, [folder]))  # type: ignore[misc]
        assert said.count("、") == 0
        assert role.value in said
        tally.refused()


_CLEARED = """
import hashlib, shutil, sys
from reportgen.pdf_engine import PdfEngine
from reportgen.temporary import process_folder
from reportgen.writers import writer_of
from reportgen.writers.fonts import find_fonts
from tests.builders import document, letter, p, section, small, styles
writer, fonts = writer_of("pdf", PdfEngine(sys.argv[1])), find_fonts({})
writer.write(document(section(p("一份。"))), styles(), fonts)
if sys.argv[2] == "cleared":
    shutil.rmtree(process_folder())
for tree in (document(section(p("另一份，丁戊己。"))), small(), letter()):
    print(hashlib.sha256(writer.write(tree, styles(), fonts).value).hexdigest())
"""


@pytest.mark.row("R10")
@BOTH
def test_temporary_files_that_a_system_clears_meanwhile_cost_no_letter(engine: PdfEngine) -> None:
    def told(what: str) -> str:
        command = [sys.executable, "-c", _CLEARED, engine.value, what]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert told("cleared") == told("left alone")


# ---- files that are no faces, or bombs


def with_table(path: Path, tag: str, content: bytes) -> Path:
    """The Latin face with a table of that content."""
    with TTFont(LATIN, lazy=True, recalcBBoxes=False) as font:
        font.tables[tag] = made = DefaultTable(tag)
        made.data = content
        font.save(path, reorderTables=None)
    return path


def cmap(*groups: tuple[int, int, int]) -> bytes:
    """A table of characters: from, to, and the letter of the first."""
    head = struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups))
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + head + b"".join(struct.pack(">III", *group) for group in groups)


BOMBS: Mapping[str, bytes] = {
    "empty.otf": b"",
    "text.ttf": "不是字体".encode() * 1000,
    "picture.otf": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "endless.ttc": b"ttcf" + struct.pack(">HHI", 1, 0, 0xFFFFFFFF) + bytes(100),
    "many.ttc": b"ttcf" + struct.pack(">HHI", 1, 0, 200_000) + struct.pack(">I", 12) * 200_000,
    "tables.ttf": b"\0\1\0\0" + struct.pack(">HHHH", 0xFFFF, 0, 0, 0) + bytes(1000),
    "far.ttf": b"\0\1\0\0" + struct.pack(">HHHH4sIII", 1, 0, 0, 0, b"cmap", 0, 0xFFFFFFF0, 0xFFFFFFFF),
}


@pytest.mark.row("R8", "refused")
def test_what_is_no_face_is_refused_by_its_name_before_anything_is_drawn(tmp_path: Path, tally: Tally) -> None:
    """No picture comes from outside: what a configuration names of that kind are faces."""
    for name, content in BOMBS.items():
        (tmp_path / name).write_bytes(content)
        (said,) = refused(lambda name=name: find_fonts({FontRole.FANGSONG: tmp_path / name}))  # type: ignore[misc]
        assert said == f"「{name}」不是可用的字体文件"
        tally.refused()
    with (tmp_path / "vast.otf").open("wb") as file:
        file.truncate(5 * 1024**3)  # takes no room
    assert refused(lambda: find_fonts({FontRole.KAI: tmp_path / "vast.otf"})) == ["「vast.otf」不是可用的字体文件"]
    tally.refused()


@pytest.mark.row("R8")
@BOTH
def test_a_face_that_promises_letters_which_it_does_not_have_draws_no_empty_box(
    engine: PdfEngine, tmp_path: Path
) -> None:
    liar = with_table(tmp_path / "liar.ttf", "cmap", cmap((0x20, 0x7E, 3), (0x4E00, 0x9FFF, 60_000)))
    fonts = find_fonts({FontRole.FANGSONG: liar})
    face = fonts.roles[FontRole.FANGSONG].face
    assert not coverage(face) & set(range(0x4E00, 0xA000))
    outcome = writer_of("pdf", engine).write(document(section(p("甲乙，Ab1"))), styles(), fonts)
    assert "没有大部分汉字，由别的字体代替" in outcome.problems[0].what
    assert any(fonts.spare[0].postscript_name in name for name in pdf_faces(outcome.value))
