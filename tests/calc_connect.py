"""Runs in LibreOffice's own Python: starts LibreOffice with a profile of its own and connects to it."""

import os
import subprocess
import time

import uno
from com.sun.star.connection import NoConnectException


def connect(profile):
    """The process and its component context; whoever asked ends the process."""
    pipe = "breakeven-tests-" + str(time.time_ns())
    process = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            "-env:UserInstallation=file://" + profile,
            "--accept=pipe,name=" + pipe + ";urp;",
        ],
        env={"MALLOC_MMAP_THRESHOLD_": str(128 << 20), "MALLOC_TRIM_THRESHOLD_": str(256 << 20), **os.environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # the variables halve the time of its start: see workbook/engines/libreoffice.py
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(900):
        try:
            return process, resolver.resolve("uno:pipe,name=" + pipe + ";urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    process.kill()
    raise SystemExit("LibreOffice did not start within 90 seconds")
