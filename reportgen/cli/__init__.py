"""The command line (命令行): parses, calls, prints. Decides nothing but exit codes."""

from __future__ import annotations

from typing import NoReturn

from reportgen.cli import (  # noqa: F401  (each registers its commands)
    checking,
    comparing,
    judging,
    ledgers,
    periods,
    reports,
    serving,
    units,
)
from reportgen.cli.shell import EXIT_CODES, run_app

__all__ = ["EXIT_CODES", "main"]


def main() -> NoReturn:
    """The command `reportgen` (命令入口)."""
    run_app()
