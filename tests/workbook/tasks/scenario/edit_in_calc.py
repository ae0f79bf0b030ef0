"""Run by LibreOffice's Python: rows and columns inserted, sheets renamed and moved, and the book saved as .xlsx.

Arguments: the workbook, the copy, a folder for the profile.
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue


def property_value(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def edit(document):
    sheets = document.Sheets
    for name in sheets.ElementNames:
        sheets.getByName(name).unprotect("")
    sheets.getByName("Inputs").Rows.insertByIndex(3, 2)
    scenarios = sheets.getByName("Scenarios")
    scenarios.Rows.insertByIndex(45, 1)
    scenarios.Rows.insertByIndex(2, 1)
    scenarios.Columns.insertByIndex(1, 1)
    sheets.getByName("Costs").Columns.insertByIndex(2, 1)
    sheets.getByName("Costs").Rows.insertByIndex(1, 1)
    sheets.getByName("Checks").Rows.insertByIndex(3, 1)
    for tab in ("Base", "Scenario 2"):
        sheets.getByName(tab).Rows.insertByIndex(20, 1)
    for old, new in (("Scenarios", "What if"), ("Cash flow", "Money"), ("Base", "It's base")):
        sheets.getByName(old).Name = new
    sheets.moveByName("Summary", 5)


def main(source, target, profile):
    pipe = f"breakeven{os.getpid()}"  # one that a run cut short left behind would never answer
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            f"-env:UserInstallation={Path(profile).as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
        ]
    )
    try:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for attempt in range(120):
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:  # it is still starting
                if attempt == 119:
                    raise
                time.sleep(0.5)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        hidden = property_value("Hidden", True)
        document = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (hidden,))
        edit(document)
        document.storeToURL(Path(target).as_uri(), (property_value("FilterName", "Calc MS Excel 2007 XML"),))
        document.close(True)
        with contextlib.suppress(Exception):  # it ends before it answers
            desktop.terminate()
        office.wait(60)
    finally:
        if office.poll() is None:
            office.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
