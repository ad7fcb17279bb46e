"""Comparing two files (两份文件的比对): kinds by content, what is refused in a sentence, how long it may take."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook

from reportgen.compare import Compared, Relation, Request, compare_blobs, compare_paths
from reportgen.compare_view import as_json, summary, text_lines
from reportgen.comparison.model import FileKind, Layer
from reportgen.comparison.sheet_content import sheet_content
from reportgen.comparison.text_content import text_content, without_fingerprints
from reportgen.confine import LIMITS
from reportgen.problems import InputError, Problem, has_errors
from tests.bad_files import BAD_FILES, LETTERS, SCAN, BadFile, locked, pdf, text, word_file
from tests.ledger_files import repacked
from tests.test_template_loading import check_message
