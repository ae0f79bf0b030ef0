"""LibreOffice with our extension installed, as the tests use it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

import pytest

from addin.calc import extension
from pycalc.errors import from_code

NOBODY = 65534
CODES = {521: "#NULL!", 532: "#DIV/0!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 503: "#NUM!", 32767: "#N/A"}


class CalcHost:
    """A profile of its own; one LibreOffice after the other, each for as many runs as want the same of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.profile = folder / "profile"
        self.python = _python()
        self.driver: subprocess.Popen[str] | None = None
        self.packages: str | None = None
        self.install()

    def install(self) -> None:
        """As a user would; unopkg refuses root, which then becomes nobody for that moment."""
        oxt = self.folder / "breakeven.oxt"
        extension.build(oxt)
        command = ["unopkg", "add", "-f", f"-env:UserInstallation=file://{self.profile}", str(oxt)]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
            for path in (self.folder, oxt):
                shutil.chown(path, NOBODY, NOBODY)
        environment = {**os.environ, "HOME": str(self.folder)}
        for _ in range(2):  # LibreOffice's own program crashed here once, on a busy machine
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
            if done.returncode != 128 + signal.SIGSEGV:
                break
        assert done.returncode == 0, done.stderr

    def run(self, *steps: list, packages: str | None = None) -> list:
        """What the looking steps saw; see calc_driver. `packages` is a folder with NumPy and tiktoken."""
        if packages != self.packages:
            self.stop()
        driver = self.driver or self._start(packages)
        late = Timer(300, driver.kill)
        late.start()
        with suppress(BrokenPipeError):
            driver.stdin.write(json.dumps(steps) + "\n")
            driver.stdin.flush()
        answer = driver.stdout.readline()
        late.cancel()
        if not answer:
            self.stop()
            raise AssertionError((self.folder / "said").read_text())
        return json.loads(answer)

    def _start(self, packages: str | None) -> subprocess.Popen[str]:
        script = str(Path(__file__).parent / "calc_driver.py")
        environment = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
        environment["BREAKEVEN_PACKAGES"] = packages or ""
        with open(self.folder / "said", "w") as said:
            self.packages, self.driver = packages, subprocess.Popen(
                [self.python, script, str(self.profile)],
                env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True,
            )  # fmt: skip
        return self.driver

    def stop(self) -> None:
        """End LibreOffice, for instance before its profile is changed."""
        if self.driver:
            self.driver.communicate()
            self.driver = None

    def speak(self, language: str) -> None:
        """Set the country whose separators LibreOffice takes."""
        self.stop()
        settings = self.profile / "user" / "registrymodifications.xcu"
        item = (
            '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
            f"<value>{language}</value></prop></item>"
        )
        text = re.sub(r'<item oor:path="/org.openoffice.Setup/L10N">.*?</item>', "", settings.read_text("utf-8"))
        settings.write_text(text.replace("</oor:items>", f"{item}</oor:items>"), "utf-8")

    @contextmanager
    def damaged(self, part: str) -> Iterator[None]:
        """One Python file of the installed extension broken for a while."""
        self.stop()
        (found,) = self.profile.rglob(part)
        content = found.read_text("utf-8")
        found.write_text("1/0\n", "utf-8")
        try:
            yield
        finally:
            self.stop()
            found.write_text(content, "utf-8")


def value(seen: object) -> object:
    """A cell as the driver saw it, as a case table has it."""
    if isinstance(seen, list):
        return from_code(CODES.get(seen[1], f"Err:{seen[1]}"))
    return seen


def _python() -> str:
    """LibreOffice's own Python."""
    for candidate in ("/usr/lib/libreoffice/program/python", "/usr/bin/python3"):
        if Path(candidate).exists():
            found = subprocess.run([candidate, "-c", "import uno"], capture_output=True)
            if found.returncode == 0:
                return candidate
    remedy = "Debian: apt-get install python3-uno libreoffice-script-provider-python"
    if os.environ.get("CI"):
        pytest.fail(f"no Python with uno; in CI nothing is skipped. {remedy}")
    return pytest.skip(f"no Python with uno. {remedy}")
