"""Calculate the shipped cases and keep their values: `make values`, after every change of the template."""

from __future__ import annotations

from workbook.template import CASES, make
from workbook.template.build import calculated
from workbook.template.stored import keep, kept


def main() -> None:
    """Calculate what has changed since it was kept."""
    for name, case in CASES.items():
        book = make(case)
        if kept(book, name) is None:
            print(keep(book, name, calculated(book)))


if __name__ == "__main__":
    main()
