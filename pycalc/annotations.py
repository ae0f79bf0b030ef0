"""Names that stand in annotations alone, for the modules that `import pycalc` loads.

Nobody evaluates annotations, and to import what these names are takes a tenth of the time that pycalc does.
"""

__all__ = ["Any", "Callable", "Encoding", "Iterable", "Iterator", "Mapping", "Sequence"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from tiktoken import Encoding
else:
    Any = Callable = Encoding = Iterable = Iterator = Mapping = Sequence = None
