"""`python -m bench [--quick]`: measure everything, print one table, write it as JSON and as a page."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import ROOT, Row, skipped

GROUPS = (
    "Scalar call",
    "Range call",
    "Simulation",
    "Cells",
    "Hosts",
    "Tokens",
    "Start",
    "Files",
    "Audit",
    "Usage",
    "Portfolio",
)


def measured(quick: bool, wanted: tuple[str, ...]) -> Iterator[Row]:
    """The rows of each group, as they are measured."""
    from bench import audit, calls, cells, files, hosts, portfolio, rivals, startup, tokens, usage

    for package in ("addin", "pycalc", "workbook"):  # as an installation compiles them, and what they are compared with
        compileall.compile_dir(ROOT / package, quiet=1)
    others = rivals.installed(ROOT / "build" / "bench-venv", ROOT / "bench" / "requirements.txt")
    runners = {
        "Scalar call": lambda: calls.scalar(quick),
        "Range call": lambda: calls.ranges(quick),
        "Simulation": lambda: calls.risk(quick),
        "Cells": lambda: cells.cells(quick, others),
        "Hosts": lambda: hosts.hosts(quick),
        "Tokens": lambda: tokens.tokens(quick, others),
        "Start": lambda: startup.startup(quick, others),
        "Files": lambda: files.files(quick),
        "Audit": lambda: audit.audit(quick),
        "Usage": lambda: usage.usage(quick),
        "Portfolio": lambda: portfolio.portfolio(quick),
    }
    for group in wanted:
        try:
            yield from runners[group]()
        except (ImportError, OSError) as problem:  # a part that is not there must not cost the other figures
            yield skipped(group, "the rest", f"{type(problem).__name__}: {problem}")


def machine() -> dict[str, str]:
    import numpy

    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer sizes and repeats, under a minute")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS, help="some groups; no page is written")
    parser.add_argument("--json", type=Path, default=ROOT / "bench.json", help="where the table goes as JSON")
    options = parser.parse_args()
    whole = tuple(options.only) == GROUPS and not options.quick

    from rich.console import Console
    from rich.table import Table

    from bench.page import HEADS, cells, write

    about = machine()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    start = time.perf_counter()
    rows: list[Row] = []
    with Console(stderr=True).status("Measuring") as status:
        for row in measured(options.quick, tuple(options.only)):
            rows.append(row)
            status.update(f"Measuring: {row.group}, {row.what}")
    table = Table("group", *HEADS)
    for row in rows:
        table.add_row(row.group, *cells(row), style="red" if row.met is False else None)
    console.print(table)
    lines = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows]
    options.json.write_text(json.dumps({"machine": about, "quick": options.quick, "rows": lines}, indent=1) + "\n")
    missed = sum(row.met is False for row in rows)
    if whole:
        console.print(f"Page: {write(ROOT / 'docs', rows, about)}")
    console.print(
        f"{time.perf_counter() - start:.0f} s. {sum(row.met is True for row in rows)} goals met, {missed} missed. "
        f"JSON: {options.json}"
    )
    for row in rows:
        if row.met is False:
            console.print(
                f"MISSED: {row.group}, {' '.join(filter(None, cells(row)[:2]))}: {row.ratio:.2f}, goal {row.goal:g}"
            )


if __name__ == "__main__":
    main()
