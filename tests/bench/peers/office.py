"""LibreOffice (转换): the program's own Word file to PDF, started for each file, or by one that stays open.

The faces are given by name, as `fonts.conf` says them: left to look for them it would be slower than it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from reportgen.pdf_engine import PdfEngine
from reportgen.writers import writer_of
from reportgen.writers.fonts import find_fonts
from tests.bench.case import Case, styles
from tests.bench.peers import Ready, children_kb, with_children

SERVER = Path(__file__).with_name("office_server.py")
OPTIONS = ("--headless", "--norestore", "--nologo", "--nodefault")
WAIT = 60


def lacks() -> str:
    """What is missing to start it."""
    return "" if shutil.which("soffice") else "没有 LibreOffice（libreoffice-writer-nogui）"


def lacks_warm() -> str:
    """What is missing to speak to one that stays open."""
    if lacks() or _uno_python():
        return lacks()
    return "LibreOffice 的 Python 接口没有装（python3-uno）"


def _uno_python() -> str:
    """A Python that has LibreOffice's own module `uno`: the system's, or the one that came with the office."""
    beside = Path(shutil.which("soffice") or "").resolve().parent
    for program in (beside / "python", beside / "python.exe", Path("/usr/bin/python3")):
        asked = [str(program), "-c", "import uno"]
        if program.exists() and subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return str(program)
    return ""


def word_file(case: Case) -> bytes:
    """What it converts: our Word file."""
    return writer_of("docx", PdfEngine.WEASYPRINT).write(case.document, styles(), None).value


def environment(folder: Path) -> Mapping[str, str]:
    """The faces of the style sheet by the names in the Word file, as this program finds them."""
    faces = find_fonts({}).roles
    rules = [f"<dir>{escape(str(place))}</dir>" for place in sorted({each.face.path.parent for each in faces.values()})]
    for role, font in styles().fonts.items():
        family = _family(faces[role].face.path, faces[role].face.index)
        rules.append(
            f'<match target="pattern"><test name="family"><string>{escape(font.name)}</string></test>'
            f'<edit name="family" mode="assign" binding="strong"><string>{escape(family)}</string></edit></match>'
        )
    text = "\n".join(['<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>', *rules])
    (folder / "fonts.conf").write_text(f"{text}\n</fontconfig>\n", encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}


def _family(path: Path, index: int) -> str:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        return str(font["name"].getDebugName(1))


def convert(home: Path, files: Sequence[Path], variables: Mapping[str, str], out: Path) -> None:
    """`soffice --convert-to pdf` of these files in one call; its profile stays at home."""
    command = ["soffice", f"-env:UserInstallation={(home / 'profile').as_uri()}", *OPTIONS]
    command += ["--convert-to", "pdf", "--outdir", str(out), *map(str, files)]
    subprocess.run(command, env=variables, capture_output=True, check=True)


def cold() -> Ready:
    """A new process for each report; its profile is there already."""
    place = tempfile.TemporaryDirectory(prefix="reportgen-bench-")
    folder = Path(place.name)
    variables = environment(folder)

    def make(blob: bytes) -> bytes:
        (folder / "report.docx").write_bytes(blob)
        convert(folder, [folder / "report.docx"], variables, folder)
        return (folder / "report.pdf").read_bytes()

    return Ready(word_file, make, seconds=with_children, highest_kb=children_kb, close=place.cleanup)


def warm() -> Ready:
    """One that listens, spoken to by its own Python; what it spends is counted, not what asks it."""
    place = tempfile.TemporaryDirectory(prefix="reportgen-bench-")
    folder = Path(place.name)
    variables = environment(folder)
    pipe = f"reportgen-bench-{os.getpid()}"
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", *OPTIONS]
    command.append(f"--accept=pipe,name={pipe};urp")
    office = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    asker = subprocess.Popen(
        [_uno_python(), str(SERVER), pipe, str(WAIT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert asker.stdin is not None
    assert asker.stdout is not None
    if asker.stdout.readline().strip() != "ready":
        raise RuntimeError("LibreOffice does not listen")
    process = _listening(folder)

    def make(blob: bytes) -> bytes:
        (folder / "report.docx").write_bytes(blob)
        assert asker.stdin is not None
        assert asker.stdout is not None
        asker.stdin.write(f"{folder / 'report.docx'}\t{folder / 'report.pdf'}\n")
        asker.stdin.flush()
        if asker.stdout.readline().strip() != "done":
            raise RuntimeError("LibreOffice does not convert")
        return (folder / "report.pdf").read_bytes()

    def close() -> None:
        assert asker.stdin is not None
        asker.stdin.close()
        asker.wait(WAIT)
        office.wait(WAIT)
        place.cleanup()

    return Ready(word_file, make, seconds=lambda: _spent(process), highest_kb=lambda: _highest(process), close=close)


def _listening(folder: Path) -> int:
    """The process that does the work: `soffice` only starts it."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:  # it has ended meanwhile
                continue
            if words[0].endswith(b"soffice.bin") and any(str(folder).encode() in word for word in words):
                return int(entry.name)
    raise RuntimeError("no process of LibreOffice")


def _spent(process: int) -> float:
    """User and system time of a process, in clock ticks of a hundredth of a second."""
    numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def _highest(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
