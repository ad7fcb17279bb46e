"""Which face stands for which role on this machine (字体), told honestly, and whether it has every character.

A role's chain: the file that the configuration names → the licensed face, if it is installed → Fandol → Noto of
the PyPI package. Nothing is ever downloaded. `reportgen doctor` prints what is found here.
"""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportgen.document import Document, Heading, Table
from reportgen.problems import EnvironmentLacking, Location, Problem, ReportError, error, warning
from reportgen.styles import FontRole, StyleSheet, TextRole
from reportgen.writers.chart_texts import charts_of, picture_texts
from reportgen.writers.outline import role_texts
from reportgen.writers.table_rows import table_texts

FANDOL_FOLDERS = (
    Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"),
    Path("/usr/share/texmf/fonts/opentype/public/fandol"),
)


@dataclass(frozen=True)
class Candidate:
    """A face that could take a role: how people call it, its file names, whether its drawing is of that kind."""

    name: str
    files: tuple[str, ...]
    fits: bool = True


@dataclass(frozen=True)
class Face:
    """A face (字体) found on this machine."""

    name: str
    path: Path
    index: int
    postscript_name: str

    @property
    def sha256(self) -> str:
        """Hash of the file, for the manifest."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class RoleFace:
    """The face that takes a role (字体角色的落实): `fits` is false where it is a stand-in of another kind."""

    role: FontRole
    wanted: str
    face: Face
    fits: bool


@dataclass(frozen=True)
class FontSet:
    """All roles with their faces, and the faces that are tried, in order, for a character that one lacks."""

    roles: Mapping[FontRole, RoleFace]
    spare: tuple[Face, ...]

    def chain(self, role: FontRole) -> tuple[Face, ...]:
        """The faces of a role, the first one that has a character sets it."""
        return tuple(dict.fromkeys((self.roles[role].face, *self.spare)))


_NOTO_SERIF = Candidate("思源宋体（Noto Serif SC）", ("NotoSerifSC-Regular.otf", "NotoSerifCJK-Regular.ttc"))
_NOTO_SANS = Candidate("思源黑体（Noto Sans SC）", ("NotoSansSC-Regular.otf", "NotoSansCJK-Regular.ttc"))


def _of_another_kind(candidate: Candidate) -> Candidate:
    return Candidate(candidate.name, candidate.files, fits=False)


# GB/T 9704 asks for 小标宋, 仿宋, 楷体, 黑体, 宋体; which free face is of that kind was looked at on rendered pages.
CHAINS: Mapping[FontRole, tuple[Candidate, ...]] = {
    FontRole.TITLE: (
        Candidate("方正小标宋简体", ("FZXBSJW.TTF", "FZXBSJW--GB1-0.ttf", "FZXBSK.TTF", "方正小标宋简体.ttf")),
        Candidate("Fandol 宋体粗", ("FandolSong-Bold.otf",)),
        _of_another_kind(_NOTO_SERIF),
    ),
    FontRole.FANGSONG: (
        Candidate("仿宋", ("仿宋_GB2312.ttf", "SIMFANG_GB2312.TTF", "simfang.ttf", "STFANGSO.TTF")),
        Candidate("Fandol 仿宋", ("FandolFang-Regular.otf",)),
        _of_another_kind(_NOTO_SERIF),
    ),
    FontRole.KAI: (
        Candidate("楷体", ("楷体_GB2312.ttf", "SIMKAI_GB2312.TTF", "simkai.ttf", "STKAITI.TTF")),
        Candidate("Fandol 楷体", ("FandolKai-Regular.otf",)),
        _of_another_kind(_NOTO_SERIF),
    ),
    FontRole.HEI: (
        Candidate("黑体", ("simhei.ttf",)),
        Candidate("Fandol 黑体", ("FandolHei-Regular.otf",)),
        _NOTO_SANS,
    ),
    FontRole.SONG: (
        Candidate("宋体", ("simsun.ttc",)),
        Candidate("Fandol 宋体", ("FandolSong-Regular.otf",)),
        _NOTO_SERIF,
    ),
    FontRole.LATIN: (
        Candidate("Times New Roman", ("times.ttf", "Times_New_Roman.ttf")),
        Candidate("Liberation Serif", ("LiberationSerif-Regular.ttf",)),
        _NOTO_SERIF,
    ),
}


def font_folders() -> tuple[Path, ...]:
    """The folders where faces are looked for, those of the licensed and system ones first."""
    home = Path.home()
    folders = [
        home / ".fonts",
        home / ".local/share/fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    ]
    if sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
        folders.append(home / "AppData/Local/Microsoft/Windows/Fonts")
    elif sys.platform == "darwin":
        folders = [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    return (*folders, *FANDOL_FOLDERS, *_package_folders())


def _package_folders() -> Iterator[Path]:
    try:
        import pylopdf_fonts_zh_cn as package
    except ImportError:
        return
    yield Path(package.serif_path()).parent


def installed_files(folders: Iterable[Path]) -> dict[str, Path]:
    """Font files by lower-case name; of two with one name the one in the earlier folder."""
    files: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
                files.setdefault(path.name.lower(), path)
    return files


def find_fonts(configured: Mapping[FontRole, Path], folders: Iterable[Path] | None = None) -> FontSet:
    """The faces of all roles; raises `EnvironmentLacking` if a role has none."""
    files = installed_files(font_folders() if folders is None else folders)
    found = {role: _role_face(role, configured.get(role), files) for role in FontRole}
    lacking = [role for role, face in found.items() if face is None]
    if lacking:
        names = "、".join(role.value for role in lacking)
        raise EnvironmentLacking([error("fonts.no-face", f"这台机器没有可用的中文字体（{names}）", INSTALL_FONTS)])
    roles = {role: face for role, face in found.items() if face is not None}
    spare = [roles[role].face for role in (FontRole.SONG, FontRole.HEI, FontRole.FANGSONG, FontRole.KAI)]
    spare += [face for candidate in (_NOTO_SERIF, _NOTO_SANS) if (face := _installed(candidate, files))]
    return FontSet(roles, tuple(dict.fromkeys(spare)))


_INSTALL_FANDOL = "Debian、Ubuntu、统信、麒麟：apt-get install --no-install-recommends texlive-lang-chinese"
INSTALL_FONTS = (
    f"{_INSTALL_FANDOL}；或 pip install pylopdf-fonts-zh-cn；"
    "也可在配置的 fonts 中写明字体文件。只要 Word 文件时用 --format docx"
)


def _role_face(role: FontRole, configured: Path | None, files: Mapping[str, Path]) -> RoleFace | None:
    chain = CHAINS[role]
    if configured is not None:
        return RoleFace(role, chain[0].name, read_face(configured, configured.stem), fits=True)
    for candidate in chain:
        if face := _installed(candidate, files):
            return RoleFace(role, chain[0].name, face, candidate.fits)
    return None


def _installed(candidate: Candidate, files: Mapping[str, Path]) -> Face | None:
    for name in candidate.files:
        if path := files.get(name.lower()):
            return read_face(path, candidate.name)
    return None


# How the faces of a collection say that they draw Simplified Chinese: NotoSerifCJKsc-Regular, SourceHanSansSC-Bold.
_SIMPLIFIED = re.compile(r"CJKsc|SC(?![a-z])")


@lru_cache(maxsize=64)
def read_face(path: Path, name: str) -> Face:
    """The face in a file, the Simplified Chinese one of a collection; raises `EnvironmentLacking` if it is none."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    # What fontTools thinks of a damaged table goes into the problem, not onto the user's screen in English.
    logging.getLogger("fontTools").addHandler(logging.NullHandler())
    try:
        with path.open("rb") as file:
            collection = path.suffix.lower() == ".ttc"
            if collection and int.from_bytes(file.read(12)[8:]) > 64:
                raise TTLibError("too many faces")
            file.seek(0)
            fonts = TTCollection(file, lazy=True).fonts if collection else [TTFont(file, lazy=True)]
            names = [str(font["name"].getDebugName(6) or path.stem) for font in fonts]
            index = next((i for i, each in enumerate(names) if _SIMPLIFIED.search(each)), 0)
            ends = [entry.offset + entry.length for entry in fonts[index].reader.tables.values()]
            if max(ends) > path.stat().st_size or not fonts[index].getBestCmap():
                raise TTLibError("cut short, or without characters")
            return Face(name, path, index, names[index])
    except Exception:  # a damaged font raises whatever its tables make of it
        fix = "请在配置的 fonts 中改写为 .ttf、.otf 或 .ttc 字体文件的路径"
        raise EnvironmentLacking([error("fonts.unreadable", f"「{path.name}」不是可用的字体文件", fix)]) from None


@lru_cache(maxsize=64)
def coverage(face: Face) -> frozenset[int]:
    """The code points that a face has; one that leads to no letter of it would be drawn as an empty box."""
    with _open(face) as font:
        letters = set(font.getGlyphOrder()[1:])  # the first one is the empty box
        return frozenset(code for code, name in (font.getBestCmap() or {}).items() if name in letters)


# One ascent and descent for every face, in parts of the size: else a line with two faces grows taller than the
# grid's pitch and the page loses lines (measured: 20 in place of 22). Eighths come out even in faces of 1000 units
# and of 2048; 0.88 does not, and its rest of 0.003 px a line is enough to lose the last line of a page.
ASCENT, DESCENT = 0.875, 0.125
# BASE shifts Latin against Chinese in a line (measured: 0.3 px taller lines). The layout tables are not needed for
# horizontal Chinese text, and HarfBuzz 6 fails to subset big TrueType faces that have a GDEF table: the whole face
# of 10 MB would go into the PDF. So it does where one of the tables for vertical text, for screens of old or for the
# font's maker is damaged, which nobody needs here.
_DROPPED_TABLES = (
    *("BASE", "GDEF", "GPOS", "GSUB", "JSTF", "kern", "mort", "morx"),
    *("VORG", "vhea", "vmtx", "hdmx", "LTSH", "VDMX", "FFTM", "DSIG", "PCLT", "meta"),
)


@lru_cache(maxsize=64)
def prepared(face: Face) -> bytes:
    """The face's file with the vertical metrics that all faces share, ready to be embedded."""
    with _open(face) as font:
        for tag in _DROPPED_TABLES:
            if tag in font:
                del font[tag]
        return _with_metrics(font)


@lru_cache(maxsize=8)
def prepared_letters(face: Face) -> bytes:
    """The face cut down to ASCII: letters and digits come from it, “ ” — … never.

    A rule with a unicode-range would not do: fontconfig looks at the whole file and leaves out a Chinese face that
    adds nothing to a Latin one which has Chinese, too (measured with Noto: the text fell to an installed face).
    """
    from fontTools.subset import Options, Subsetter

    with _open(face) as font:
        options = Options()
        options.layout_features = []
        options.hinting = False
        options.name_IDs = ["*"]
        options.drop_tables += _DROPPED_TABLES
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=range(0x20, 0x7F))
        subsetter.subset(font)
        return _with_metrics(font)


def face_file(face: Face, folder: Path) -> Path:
    """A file that holds nothing but this face (单个字体的文件): its own, or one in `folder` for one of a collection."""
    if face.path.suffix.lower() != ".ttc":
        if not face.path.is_file():
            raise _lost(face)
        return face.path
    path = folder / f"{face.sha256[:16]}-{face.index}.otf"
    if not path.exists():
        with _open(face) as font:
            font.save(path)
    return path


@contextmanager
def _open(face: Face) -> Iterator[Any]:
    """The face's file; raises `EnvironmentLacking` where it has gone since it was found, or is another face by now."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with (
            face.path.open("rb") as file,
            TTFont(file, fontNumber=face.index, lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font,
        ):
            if str(font["name"].getDebugName(6) or face.path.stem) != face.postscript_name:
                raise TTLibError("another face")
            yield font
    except (MemoryError, SystemError, ReportError):
        raise
    except Exception as fault:  # a damaged font raises whatever its tables make of it
        if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise _lost(face) from None


def _lost(face: Face) -> EnvironmentLacking:
    what = f"字体「{face.name}」的文件「{face.path.name}」刚才还在，现在读不出来，或者换成了别的字体"
    return EnvironmentLacking([error("fonts.unreadable", what, "请把字体文件放回原处，用 reportgen doctor 检查")])


def _with_metrics(font: Any) -> bytes:
    units = font["head"].unitsPerEm
    ascent, descent = round(units * ASCENT), round(units * DESCENT)
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ascent, -descent, 0
    table = font["OS/2"]
    table.sTypoAscender, table.sTypoDescender, table.sTypoLineGap = ascent, -descent, 0
    table.usWinAscent, table.usWinDescent = ascent, descent
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=None)  # the default sorts all tables once more: twice the time
    return buffer.getvalue()


def substitution_problems(fonts: FontSet, roles: Collection[FontRole] = tuple(FontRole)) -> list[Problem]:
    """A warning for each of these roles whose face is of another kind than the standard asks for."""
    return [
        warning(
            "fonts.stand-in",
            f"{role.value}由「{found.face.name}」代替，字形与规定不同",
            f"请安装{found.wanted}，或 Fandol 字体（{_INSTALL_FANDOL}）；也可在配置的 fonts 中写明字体文件",
        )
        for role, found in fonts.roles.items()
        if role in roles and not found.fits
    ]


def weak_problems(fonts: FontSet, covered: Cover) -> list[Problem]:
    """A warning for each role whose own face lacks most of its text."""
    return [
        warning(
            "fonts.stand-in",
            f"{role.value}的字体「{fonts.roles[role].face.name}」没有大部分汉字，由别的字体代替",
            "请在配置的 fonts 中换一个中文字体文件",
        )
        for role in covered.weak
    ]


class GlyphsMissing(EnvironmentLacking):
    """Characters that no face of this machine has (缺字): one problem for each of `characters`."""

    def __init__(self, missing: Mapping[str, tuple[Location, ...]]) -> None:
        self.characters = tuple(missing)
        super().__init__(
            error(
                "fonts.no-glyph",
                f"没有字体能显示「{character}」（U+{ord(character):04X}）",
                "请在台账中改用常用字，或在配置的 fonts 中写明含有此字的字体文件",
                places[0] if places else None,
                places[1:],
            )
            for character, places in missing.items()
        )


@dataclass(frozen=True)
class Cover:
    """Who sets what (字符落实): for each role the faces that its text needs, and the characters that none has.

    A role is `weak` if its own face has less than half of its characters, so that others set its text.
    """

    faces: Mapping[FontRole, tuple[Face, ...]]
    missing: Mapping[str, tuple[Location, ...]]
    weak: tuple[FontRole, ...] = ()


Text = tuple[FontRole, str, Location | None]


def drawn_texts(document: Document, styles: StyleSheet) -> list[Text]:
    """Every text that a page of the document shows, the page numbers among them."""
    spoken = TextRole.CHART  # what is said of a picture is not drawn, what stands in it is
    roles = [each for each in role_texts(document) if each[0] is not spoken]
    texts = [
        *((styles.text[role].font, text, origin) for role, text, origin in roles),
        *chart_letters(document, styles),
    ]
    for block in (block for section in document.sections for block in section.blocks):
        if isinstance(block, Table) and block.theme:  # a theme may have faces of its own
            own = styles.themed(block.theme).text
            texts += [(own[role].font, text, origin) for role, text, origin in table_texts(block)]
        elif isinstance(block, Heading):  # what runs on behind it is in the face of the text
            texts.append((styles.text[TextRole.BODY].font, block.body, block.origin))
    number = styles.page_number
    texts.append((styles.text[TextRole.PAGE_NUMBER].font, f"{number.before}0123456789{number.after}", None))
    return texts


def chart_letters(document: Document, styles: StyleSheet) -> list[Text]:
    """Every text inside the pictures of a document's charts (图中文字)."""
    role = styles.text[TextRole.CHART].font
    return [(role, text, chart.origin) for chart, _ in charts_of(document) for text in picture_texts(chart)]


def cover(fonts: FontSet, texts: Iterable[Text]) -> Cover:
    """The faces for these texts: the Latin face sets ASCII, each other character the first face that has it.

    Spaces and line ends need no face. Of a character that no face has, the first five places are told.
    """
    listed = list(texts)
    letters: dict[FontRole, set[str]] = {}
    for role, text, _ in listed:
        letters.setdefault(role, set()).update(text)
    faces: dict[FontRole, tuple[Face, ...]] = {}
    missing: set[str] = set()
    weak: list[FontRole] = []
    latin = fonts.roles[FontRole.LATIN].face
    for role, characters in letters.items():
        chinese = {character for character in characters if character > "~"}
        own = sum(ord(character) in coverage(fonts.roles[role].face) for character in chinese)
        if own * 2 < len(chinese):
            weak.append(role)
        lacking = characters - {" ", "\n", "\t"}
        used = []
        for face in fonts.chain(role):
            has = {character for character in lacking if ord(character) in coverage(face)}
            if any(character > "~" or ord(character) not in coverage(latin) for character in has):
                used.append(face)
            lacking -= has
        faces[role] = tuple(used)
        missing |= {character for character in lacking if character > "~" or ord(character) not in coverage(latin)}
    return Cover(faces, _places(missing, listed), tuple(weak))


def _places(missing: set[str], texts: Iterable[Text]) -> dict[str, tuple[Location, ...]]:
    places: dict[str, list[Location]] = {character: [] for character in sorted(missing)}
    for _, text, origin in texts if missing else ():
        for character in missing.intersection(text):
            where = places[character]
            if origin is not None and origin not in where and len(where) < 5:
                where.append(origin)
    return {character: tuple(where) for character, where in places.items()}
