"""What of a machine decides the bytes that it makes (本机情况): program, libraries and faces.

Workers of a cluster are held against it, and it is part of every unit's key: files are made anew when it changes.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import reportgen
from reportgen.pdf_engine import PdfEngine
from reportgen.styles import FontRole
from reportgen.writers.fonts import Face, find_fonts

# Distributions whose code decides the bytes of charts in any file (all else in a Word file is our own), and those that
# decide a PDF's, by its engine.
_CHARTS = ("matplotlib", "python-pptx", "xlsxwriter", "lxml")
_PDF: Mapping[PdfEngine, tuple[str, ...]] = {
    PdfEngine.WEASYPRINT: ("weasyprint", "pydyf", "tinycss2", "cssselect2", "tinyhtml5", "pyphen", "fonttools"),
    PdfEngine.TYPST: ("typst", "fonttools"),
}
# Libraries of the system that lay out the pages: by which names WeasyPrint loads each, and how it tells its version.
_LAYOUT: Mapping[str, tuple[str, ...]] = {
    "Pango": ("pango_version_string", "libpango-1.0-0", "libpango-1.0.so.0", "libpango-1.0.dylib"),
    "HarfBuzz": ("hb_version_string", "libharfbuzz-0", "libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    # Where it is missing, WeasyPrint has fontTools cut the faces down: to other bytes.
    "harfbuzz-subset": (
        "hb_version_string",
        "libharfbuzz-subset-0",
        "libharfbuzz-subset.so.0",
        "libharfbuzz-subset.0.dylib",
    ),
}
_LACKING = "没有"


def machine_facts(
    fonts: Mapping[FontRole, Path], draws: bool, engine: PdfEngine = PdfEngine.WEASYPRINT
) -> dict[str, str]:
    """The facts of this machine (本机情况), each under its Chinese name; `draws` where `engine` lays out pages, too.

    Found out once in a process. No engine is loaded for it. Raises `EnvironmentLacking` where pages are to be laid
    out and a role has no face, or `fonts` names a file that is none.
    """
    return dict(_facts(tuple(fonts.items()), engine if draws else None))


@lru_cache(maxsize=16)
def _facts(fonts: tuple[tuple[FontRole, Path], ...], engine: PdfEngine | None) -> tuple[tuple[str, str], ...]:
    facts = {
        "reportgen 版本": reportgen.__version__,
        "reportgen 程序文件": _program(),
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }
    facts |= {name: _version(name) for name in (*_CHARTS, *(_PDF[engine] if engine else ()))}
    if engine is PdfEngine.WEASYPRINT:
        facts |= {name: _layout_version(*names) for name, names in _LAYOUT.items()}
    if engine:
        facts["排版引擎"] = engine.value
        facts |= dict(_faces(dict(fonts)))
    return tuple(facts.items())


def _program() -> str:
    """One hash over the package's own files; a checkout with the line ends of Windows has the same."""
    folder = Path(reportgen.__file__).parent
    total = hashlib.sha256()
    for name in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py")):
        each = hashlib.sha256((folder / name).read_bytes().replace(b"\r\n", b"\n"))
        total.update(f"{name} {each.hexdigest()}\n".encode())
    return total.hexdigest()


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return _LACKING


def _layout_version(teller: str, *names: str) -> str:
    for name in names:
        try:
            tell = getattr(ctypes.CDLL(name), teller)
        except (OSError, AttributeError):
            continue
        tell.restype = ctypes.c_char_p
        return str((tell() or b"").decode("ascii", "replace"))
    return _LACKING


def _faces(configured: Mapping[FontRole, Path]) -> Iterator[tuple[str, str]]:
    found = find_fonts(configured)
    for role, each in found.roles.items():
        yield f"{role.value}的字体", _face(each.face)
    yield "补字的字体", "；".join(_face(face) for face in found.spare)


def _face(face: Face) -> str:
    return f"{face.postscript_name} {_hash_of(face)}"


@lru_cache(maxsize=64)
def _hash_of(face: Face) -> str:
    return face.sha256
