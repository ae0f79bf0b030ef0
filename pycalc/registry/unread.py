"""An array some of whose elements nobody has looked at yet.

An element without a finite answer costs as much as a thousand good ones: the scalar function is asked for it, its error
is an object, and the array one of objects. So it is asked for when somebody reads the array, which until then is the
finished numbers and a copy of the cells that are left. Whatever is done with it but asking its shape reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy
from numpy.lib.mixins import NDArrayOperatorsMixin


class Unread(NDArrayOperatorsMixin):
    """Stands for the array that `read` gives. NumPy and pandas take it as that array; `numpy.asarray` gives it."""

    __array_priority__ = 1_000

    def __init__(self, shape: tuple[int, ...], read: Callable[[], Any]) -> None:
        self.shape = shape
        self._read: Callable[[], Any] | None = read
        self._array: Any = None

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(numpy.prod(self.shape))

    def _whole(self) -> Any:
        if self._read is not None:
            self._array = self._read().reshape(self.shape)
            self._read = None
        return self._array

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole(), name)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return numpy.array(self._whole(), dtype=dtype, copy=copy)

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if "out" in options:
            options["out"] = _read_in(options["out"])
        return getattr(function, method)(*_read_in(inputs), **options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return function(*_read_in(args), **_read_in(options))

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._whole())

    def __getitem__(self, place: Any) -> Any:
        return self._whole()[place]

    def __setitem__(self, place: Any, value: Any) -> None:
        self._whole()[place] = value

    def __contains__(self, value: Any) -> bool:
        return value in self._whole()

    def __bool__(self) -> bool:
        return bool(self._whole())

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._whole().__reduce_ex__(protocol)

    def __repr__(self) -> str:
        return repr(self._whole())

    def __str__(self) -> str:
        return str(self._whole())


def _read_in(value: Any) -> Any:
    """Arguments with what is not read yet read."""
    if type(value) is Unread:
        return value._whole()
    if type(value) in (list, tuple):
        return type(value)(map(_read_in, value))
    if type(value) is dict:
        return {name: _read_in(one) for name, one in value.items()}
    return value
