"""The one error of this package that a person can mend."""

from __future__ import annotations

from pycalc.errors import UserError


class UsageError(UserError):
    """A file or an option that cannot be used: which, what is wrong, what to do, in one line.

    It never quotes what a cell holds: that may be a prompt, or a person's name.
    """
