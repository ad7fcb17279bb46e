"""What the tests' fork server imports once (预先载入): every process of the tests begins with it instead of anew.

A process that reads an outside file, or runs a command, takes a hundredth of a second to fork and a second to import
the same libraries again; the suite starts several thousands. `reportgen` is imported from this checkout.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
for _name in (
    "pytest",
    "hypothesis",
    "docx",
    "fontTools.ttLib",
    "jinja2.sandbox",
    "openpyxl",
    "pebble",
    "pikepdf",
    "pypdfium2",
    "rapidfuzz",
    "rich.progress",
    "sqlalchemy",
    "weasyprint",
    "xlrd",
    "reportgen.bounded",
    "reportgen.cli",
    "reportgen.check",
    "reportgen.collect",
    "reportgen.distribute",
    "reportgen.doctor",
    "reportgen.generate",
    "reportgen.importing",
    "reportgen.judge",
    "reportgen.lint",
    "reportgen.service.jobs.process",
    "reportgen.service.work.doing",
    "reportgen.unit_sets.road",
    "reportgen.writers.docx",
    "reportgen.writers.pdf",
):
    import_module(_name)
