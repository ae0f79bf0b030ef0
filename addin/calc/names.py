"""The names Calc knows our functions by.

Finance people type PE_MONTHLY. UNO allows no underscore in a method's name, so inside the extension the function
is peMonthly; Calc calls it by service and method, ORG.LLMBREAKEVEN.FUNCTIONS.PEMONTHLY, wherever it writes a file.
"""

from __future__ import annotations

SERVICE = "org.llmbreakeven.Functions"
JOB = "org.llmbreakeven.Names"
MODULE = ("org", "llmbreakeven")
INTERFACE = "XFunctions"


def method(name: str) -> str:
    """PE_MONTHLY or prompt_tokens as a UNO identifier: peMonthly, promptTokens."""
    first, *others = name.lower().split("_")
    return first + "".join(word.capitalize() for word in others)
