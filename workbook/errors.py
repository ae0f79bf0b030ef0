"""The base of every error of this package that a person can mend."""

from __future__ import annotations


class WorkbookError(Exception):
    """One line that says what is wrong, where, and what to do. A command prints it and exits with 2."""
