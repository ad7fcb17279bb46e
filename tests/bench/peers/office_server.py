"""Asks a listening LibreOffice for PDFs (转换): run by a Python that has its module `uno`, which ours has not.

usage: office_server.py PIPE SECONDS; then a line for each file, source and target with a tab between them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Connect, say so, and convert what is asked for until there is nothing more; then the office ends."""
    desktop = connected(sys.argv[1], float(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        source, target = line.rstrip("\n").split("\t")
        document = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (option("Hidden", True),))
        document.storeToURL(Path(target).as_uri(), (option("FilterName", "writer_pdf_Export"),))
        document.close(True)
        print("done", flush=True)
    desktop.terminate()


def connected(pipe: str, seconds: float) -> Any:
    """The office's desktop, as soon as it listens."""
    import uno  # type: ignore[import-not-found]
    from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    until = time.monotonic() + seconds
    while True:
        try:
            there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def option(name: str, value: object) -> Any:
    """A setting as the office takes it."""
    from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]

    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


if __name__ == "__main__":
    main()
