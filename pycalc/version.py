"""The version, alone in a module so that the build reads it without importing anything; and how to add to it."""

VERSION = "0.1.0"


def how_to_install(extra: str) -> str:
    """What to do where one of the optional packages is missing. The package is on no index yet: a copy is installed."""
    return f"In your copy of the repository: pip install '.[{extra}]'"
