"""What of a machine decides the bytes (本机情况): found out once, quickly, and different when anything of it is."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from functools import partial
from importlib import metadata
from pathlib import Path

import pytest
import weasyprint
from weasyprint.text import ffi

import reportgen
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import EnvironmentLacking
from reportgen.styles import FontRole
from reportgen.unit_sets import machine
from reportgen.unit_sets.machine import machine_facts
from reportgen.writers.fonts import find_fonts
from tests.cluster_jobs import ROOT


def test_the_facts_name_program_libraries_and_every_face() -> None:
    facts = machine_facts({}, True)
    assert facts["reportgen 版本"] == reportgen.__version__
    assert facts["weasyprint"] == weasyprint.__version__
    assert facts["Python"] == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert facts["Pango"].count(".") == 2
    assert facts["HarfBuzz"].count(".") == 2
    for role, found in find_fonts({}).roles.items():
        assert facts[f"{role.value}的字体"] == f"{found.face.postscript_name} {found.face.sha256}"
    assert {name for name, value in facts.items() if value == "没有"} <= {"harfbuzz-subset"}
    assert (facts["harfbuzz-subset"] == "没有") is (ffi.harfbuzz_subset is None)
    assert list(facts) == list(pickle.loads(pickle.dumps(partial(machine_facts, {}, True)))())


def test_without_pages_no_face_and_no_layout_library_counts() -> None:
    assert list(machine_facts({}, False)) == [
        "reportgen 版本",
        "reportgen 程序文件",
        "Python",
        "zlib",
        "matplotlib",
        "python-pptx",
        "xlsxwriter",
        "lxml",
    ]


def test_the_engine_of_the_pages_and_its_version_are_facts_and_the_other_engine_s_libraries_are_none() -> None:
    usual, fast = machine_facts({}, True), machine_facts({}, True, PdfEngine.TYPST)
    assert (usual["排版引擎"], fast["排版引擎"]) == ("weasyprint", "typst")
    assert fast["typst"] == metadata.version("typst")
    assert "typst" not in usual
    assert {*usual} - {*fast} >= {"weasyprint", "Pango", "HarfBuzz"}
    faces = {name for name in usual if name.endswith("的字体")}
    assert len(faces) == len(FontRole) + 1
    assert all(fast[name] == usual[name] for name in faces)


def test_no_engine_is_loaded_for_the_facts() -> None:
    code = (
        "import sys; from reportgen.pdf_engine import PdfEngine\n"
        "from reportgen.unit_sets.machine import machine_facts\n"
        "machine_facts({}, False), *(machine_facts({}, True, each) for each in PdfEngine)\n"
        "print({'weasyprint', 'typst'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "set()\n"


def test_another_face_file_and_a_changed_program_are_other_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = find_fonts({}).roles[FontRole.FANGSONG].face.path
    own = tmp_path / f"own{face.suffix}"
    shutil.copy(find_fonts({}).roles[FontRole.KAI].face.path, own)
    before, after = machine_facts({}, True), machine_facts({FontRole.FANGSONG: own}, True)
    changed = {name for name in before if before[name] != after[name]}
    assert f"{FontRole.FANGSONG.value}的字体" in changed
    assert changed <= {f"{FontRole.FANGSONG.value}的字体", "补字的字体"}

    package = tmp_path / "reportgen"
    shutil.copytree(ROOT / "reportgen", package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(reportgen, "__file__", str(package / "__init__.py"))
    assert machine._program() == before["reportgen 程序文件"]
    module = package / "unit_sets/machine.py"
    module.write_bytes(module.read_bytes().replace(b"\n", b"\r\n"))
    assert machine._program() == before["reportgen 程序文件"]
    module.write_bytes(module.read_bytes() + b"# more\n")
    assert machine._program() != before["reportgen 程序文件"]


def test_a_face_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no face")
    with pytest.raises(EnvironmentLacking) as fault:
        machine_facts({FontRole.KAI: broken}, True)
    assert fault.value.problems[0].code == "fonts.unreadable"
