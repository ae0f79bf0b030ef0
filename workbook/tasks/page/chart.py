"""The workbook's own chart of amounts over the months: its title and, for each line, the cells it is drawn from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from workbook.file.addresses import Spot, corners, split_sheet
from workbook.file.package import Package

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_RANGE = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?")


@dataclass
class Lines:
    """A chart of lines: the cells along the axis, and each line's name and cells."""

    title: str
    along: list[Spot]
    lines: list[tuple[str, list[Spot]]]

    def places(self) -> list[Spot]:
        return [*self.along, *(place for _, cells in self.lines for place in cells)]


def lines(package: Package, sheet: str) -> Lines | None:
    """The first chart of lines on a sheet whose lines are cells along one axis."""
    part = package.worksheet(sheet).part
    charts = [chart for drawing in package.related(part, "drawing") for chart in package.related(drawing, "chart")]
    for chart in charts:
        root = package.xml(chart)
        series = [s for kind in ("scatterChart", "lineChart") for s in root.findall(f".//{_CHART}{kind}/{_CHART}ser")]
        read = [(_name(s), _cells(s, "xVal", "cat"), _cells(s, "yVal", "val")) for s in series]
        along = read[0][1] if read else []
        if along and all(cells == along and len(values) == len(along) for _, cells, values in read):
            title = "".join(text.text or "" for text in root.findall(f"./{_CHART}chart/{_CHART}title//{_TEXT}"))
            return Lines(title, along, [(name, values) for name, _, values in read])
    return None


def _name(series: ElementTree.Element) -> str:
    return series.findtext(f"{_CHART}tx//{_CHART}v", "").strip()


def _cells(series: ElementTree.Element, *kinds: str) -> list[Spot]:
    """The cells of a row or column that a series reads; empty for anything else."""
    for kind in kinds:
        text = series.findtext(f"{_CHART}{kind}//{_CHART}f", "")
        sheet, body = split_sheet(text)
        if sheet and _RANGE.fullmatch(body):
            top, left, bottom, right = corners(body.replace("$", ""))
            if top == bottom or left == right:
                return [(sheet, row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return []
