"""A Word file laid out by LibreOffice (用 LibreOffice 排版): a second, independent reader of what we write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.writers.fonts import Face, find_fonts
from tests.builders import styles
from tests.kept import kept, kept_folder, place

needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice（dev.py test 会安装）")


@cache
def laid_out(blob: bytes, *, as_set: bool = False) -> bytes:
    """The PDF that LibreOffice makes of a Word file, with the faces that we draw with under the names of Word.

    Two paragraph settings are lost when LibreOffice reads DOCX: `w:autoSpaceDE/DN` (no gap between Chinese and
    digits) is passed over, and `w:overflowPunct` (no mark beyond the margin) is taken for its opposite. `as_set`
    puts both right before the layout, by way of LibreOffice's own format.
    """
    return kept(f"laid-out-{as_set}-{sha256(blob).hexdigest()}", lambda: _laid_out(blob, as_set))


def _laid_out(blob: bytes, as_set: bool) -> bytes:
    with tempfile.TemporaryDirectory(prefix="reportgen-office-") as folder:
        work = Path(folder)
        (work / "a.docx").write_bytes(blob)
        source = "a.docx"
        if as_set:
            _convert(work, "fodt", source)
            source = "a.fodt"
            flat = (work / source).read_text(encoding="utf-8")
            flat = re.sub(r'style:text-autospace="[a-z-]*"', 'style:text-autospace="none"', flat)
            flat = re.sub(r'style:punctuation-wrap="[a-z]*"', 'style:punctuation-wrap="simple"', flat)
            (work / source).write_text(flat, encoding="utf-8")
        _convert(work, "pdf", source)
        return (work / "a.pdf").read_bytes()


@cache
def saved_anew(blob: bytes) -> bytes:
    """The Word file as LibreOffice writes it after reading it: other XML for the same text and tables."""
    with tempfile.TemporaryDirectory(prefix="reportgen-office-") as folder:
        work = Path(folder)
        (work / "a.docx").write_bytes(blob)
        command = [*SOFFICE, profile(), "--convert-to", "docx", "--outdir", str(work / "new")]
        subprocess.run([*command, str(work / "a.docx")], check=True, capture_output=True, timeout=120)
        return (work / "new" / "a.docx").read_bytes()


def all_saved_anew(*blobs: bytes) -> tuple[bytes, ...]:
    """The same of several Word files by one start of LibreOffice."""
    with tempfile.TemporaryDirectory(prefix="reportgen-office-") as folder:
        work = Path(folder)
        paths = [work / f"{number}.docx" for number in range(len(blobs))]
        for path, blob in zip(paths, blobs, strict=True):
            path.write_bytes(blob)
        command = [*SOFFICE, profile(), "--convert-to", "docx", "--outdir", str(work / "new"), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return tuple((work / "new" / path.name).read_bytes() for path in paths)


SOFFICE = ("soffice", "--headless")
FACES = "office-faces"


@cache
def profile() -> str:
    """The user profile (用户配置) of this test process, made at the first start: two processes may not share one."""
    return f"-env:UserInstallation={(place() / f'profile-{os.getpid()}').as_uri()}"


def _convert(work: Path, kind: str, source: str) -> None:
    faces = kept_folder(FACES, _fill_with_faces)
    command = [*SOFFICE, profile(), "--convert-to", kind, "--outdir", str(work), str(work / source)]
    environment = {**os.environ, "FONTCONFIG_FILE": str(faces / "fonts.conf")}
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=environment)
    assert (work / source).with_suffix(f".{kind}").is_file()


def _fill_with_faces(folder: Path) -> None:
    (folder / "fonts.conf").write_text(_fonts_conf(folder), encoding="utf-8")


def _fonts_conf(work: Path) -> str:
    """Each name that the Word file asks for stands for the face that our PDF is drawn with; there are no others."""
    names, fonts = styles().fonts, find_fonts({})
    faces = {role: found.face for role, found in fonts.roles.items()}
    for face in fonts.spare:  # for ㎡ and the like
        _copied(face, work)
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{names[role].name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{_copied(face, work)}</string></edit></match>'
        for role, face in faces.items()
    )
    head = '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
    kept = place() / FACES  # where this folder will stand
    return f"{head}<fontconfig><dir>{kept}</dir><cachedir>{kept}/cache</cachedir>{rules}</fontconfig>\n"


def _copied(face: Face, work: Path) -> str:
    """The family name of a copy that is alone in its family and of regular weight, as 方正小标宋 is: LibreOffice
    would ask for a regular one and get the face beside it.
    """
    from fontTools.ttLib import TTFont

    family = f"RG {face.postscript_name}"
    with TTFont(face.path, fontNumber=face.index) as font:
        for record in font["name"].names:
            if record.nameID in (1, 16):
                record.string = family
            elif record.nameID in (2, 17):
                record.string = "Regular"
        font["OS/2"].usWeightClass = 400
        font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x20 | 0x40
        font["head"].macStyle = 0
        font.save(work / f"{face.postscript_name}.otf")
    return family
