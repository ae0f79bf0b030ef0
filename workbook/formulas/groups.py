"""Functions of Excel by what they take and give: data/groups.tsv."""

from pathlib import Path

from workbook.file import tsv

GROUPS = {
    line["group"]: frozenset(line["functions"].split())
    for line in tsv.lines(Path(__file__).parent / "data" / "groups.tsv")
}
