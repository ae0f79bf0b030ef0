"""What vendors and gateways export of real usage, read into calls, tokens and money by use case and model."""

from pycalc.errors import UserError


class UsageError(UserError):
    """A file or an option that cannot be used: which, what is wrong, what to do, in one line.

    It never quotes what a cell holds: that may be a prompt, or a person's name.
    """
