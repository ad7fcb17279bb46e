"""A Word file laid out by LibreOffice (用 LibreOffice 排版): a second, independent reader of what we write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from reportgen.styles import FontRole
from reportgen.writers.fonts import find_fonts
from tests.builders import styles

needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice（dev.py test 会安装）")


@cache
def laid_out(blob: bytes, *, as_set: bool = False) -> bytes:
    """The PDF that LibreOffice makes of a Word file, with the faces that we draw with under the names of Word.

    Two paragraph settings are lost when LibreOffice reads DOCX: `w:autoSpaceDE/DN` (no gap between Chinese and
    digits) is passed over, and `w:overflowPunct` (no mark beyond the margin) is taken for its opposite. `as_set`
    puts both right before the layout, by way of LibreOffice's own format.
    """
    with tempfile.TemporaryDirectory(prefix="reportgen-office-") as folder:
        work = Path(folder)
        (work / "a.docx").write_bytes(blob)
        (work / "fonts.conf").write_text(_fonts_conf(), encoding="utf-8")
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


def _convert(work: Path, kind: str, source: str) -> None:
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(work), str(work / source)]
    environment = {**os.environ, "FONTCONFIG_FILE": str(work / "fonts.conf")}
    subprocess.run(command, check=True, capture_output=True, timeout=120, env=environment)
    assert (work / source).with_suffix(f".{kind}").is_file()


def _fonts_conf() -> str:
    """Each name that the Word file asks for stands for the face that our PDF is drawn with."""
    faces, names = find_fonts({}).roles, styles().fonts
    folders = {str(found.face.path.parent) for found in faces.values()}
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{names[role].name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{_family(faces[role].face.path)}</string></edit>'
        "</match>"
        for role in FontRole
    )
    listed = "".join(f"<dir>{folder}</dir>" for folder in sorted(folders))
    head = '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
    system = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
    return f"{head}<fontconfig>{system}{listed}{rules}</fontconfig>\n"


@cache
def _family(path: Path) -> str:
    """The family by which fontconfig knows a face."""
    scanned = subprocess.run(["fc-scan", "-f", "%{family[0]}\n", str(path)], check=True, capture_output=True, text=True)
    return scanned.stdout.splitlines()[0]
