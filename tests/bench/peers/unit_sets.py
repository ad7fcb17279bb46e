"""Each unit's own annexes as Word file and PDF (各单位分送件): by a warm process, by the command, and by others.

The peer fills a template with docxtpl for each unit and gives all files to one call of LibreOffice; it is spared the
reading of the ledger and the sorting out of what is whose.
"""

from __future__ import annotations

import ctypes
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from reportgen.document import Document
from reportgen.generate import Request, read_inputs
from reportgen.pdf_engine import PdfEngine
from reportgen.unit_sets.plan import make_plan
from reportgen.unit_sets.rendering import Order, render
from tests.bench.case import CONFIG, ROOT, Case, kept_workbook, styles
from tests.bench.peers import Ready, children_kb, children_seconds, templated, with_children
from tests.bench.peers import office as office_files
from tests.bench.plain import Report, plain

FORMATS = ("docx", "pdf")
COMMAND = (sys.executable, "-m", "reportgen")


def office(folder: Path, case: Case, engine: PdfEngine = PdfEngine.WEASYPRINT) -> Path:
    """The sample's office with the case's ledger, in a folder; its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "台账.xlsx").write_bytes(kept_workbook(case))
    (folder / "名录.yaml").write_bytes((ROOT / "configs" / "units" / "qingping.yaml").read_bytes())
    text = CONFIG.read_text(encoding="utf-8")
    text = text.replace("../samples/qingping-2026h1/台账.xlsx", "台账.xlsx").replace("units/qingping.yaml", "名录.yaml")
    config = folder / "配置.yaml"
    config.write_text(f"{text}\npdf_engine: {engine.value}\n", encoding="utf-8")
    return config


def documents(case: Case) -> Mapping[str, Document]:
    """What each unit is to get, by the stem of its files."""
    with tempfile.TemporaryDirectory(prefix="reportgen-bench-") as place:
        config = office(Path(place), case)
        plan = make_plan(read_inputs(Request(config), [], for_units=True))
        return {planned.stem: plan.compose(planned).value for planned in plan.units if planned.has_document}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files as one archive, to be handed over."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, blob in files.items():
            archive.writestr(name, blob)
    return buffer.getvalue()


def warm(engine: PdfEngine) -> Ready:
    """What a worker process does with each document that it is handed."""
    order = Order(FORMATS, styles(), {}, engine)

    def make(given: Mapping[str, Document]) -> Mapping[str, bytes]:
        files: dict[str, bytes] = {}
        for stem, document in given.items():
            made = render(order, document).files
            files |= {f"{stem}.{name}": made[name] for name in FORMATS}
        return files

    return Ready(documents, make, packed)


def command(engine: PdfEngine) -> Ready:
    """`reportgen units`, from the start of the process to the last file, its workers counted with it."""
    if sys.platform.startswith("linux"):  # processes whose parent has ended come to us to be counted
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    place = tempfile.TemporaryDirectory(prefix="reportgen-bench-")

    def make(config: Path) -> Path:
        out = config.parent / "分送件"
        subprocess.run([*COMMAND, "units", str(config), "--out", str(out)], capture_output=True, check=True)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return out

    def given(case: Case) -> Path:
        return office(Path(place.name) / f"{case.round}", case, engine)

    def output(out: Path) -> bytes:
        return packed({path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.suffix[1:] in FORMATS})

    return Ready(given, make, output, seconds=children_seconds, highest_kb=children_kb, close=place.cleanup)


def lacks() -> str:
    """What is missing for the peer."""
    return templated.lacks() or office_files.lacks()


def by_template() -> Ready:
    """docxtpl for each unit, and one call of LibreOffice for all of them."""
    place = tempfile.TemporaryDirectory(prefix="reportgen-bench-")
    variables = office_files.environment(Path(place.name))

    def make(given: Mapping[str, Report]) -> Mapping[str, bytes]:
        with tempfile.TemporaryDirectory(prefix="set-", dir=place.name) as name:
            folder = Path(name)
            for stem, report in given.items():
                (folder / f"{stem}.docx").write_bytes(templated.rendered(report))
            office_files.convert(Path(place.name), sorted(folder.glob("*.docx")), variables, folder)
            return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def given(case: Case) -> Mapping[str, Report]:
        return {stem: templated.with_template(plain(document)) for stem, document in documents(case).items()}

    return Ready(given, make, packed, seconds=with_children, highest_kb=children_kb, close=place.cleanup)


warm_weasyprint = partial(warm, PdfEngine.WEASYPRINT)
warm_typst = partial(warm, PdfEngine.TYPST)
command_weasyprint = partial(command, PdfEngine.WEASYPRINT)
command_typst = partial(command, PdfEngine.TYPST)
