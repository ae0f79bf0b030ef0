"""Windows' COM modules as stubs, so that xlwings' own classic UDF code runs here as it does on Windows."""

from __future__ import annotations

import ctypes
import datetime
import importlib
import sys
import types
from unittest import mock
from unittest.mock import MagicMock

RANGE_ID = "{00020846-0000-0000-C000-000000000046}"
MISSING = -2147352572
"""What an optional VBA argument that is left out arrives as."""
SCODES = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}


class ComError(Exception):
    pass


def install() -> types.SimpleNamespace:
    """xlwings as on Windows: its modules, and our UDF module imported under its real decorators."""
    names = ["pythoncom", "pywintypes", "win32api", "win32con", "win32gui", "win32process", "win32timezone"]
    names += ["win32event", "win32com"]
    names += ["win32com.client", "win32com.server", "win32com.server.dispatcher", "win32com.server.policy"]
    names += ["win32com.server.util"]
    for name in names:
        sys.modules.setdefault(name, MagicMock(name=name))
    pywintypes = sys.modules["pywintypes"]
    pywintypes.IID = str
    pywintypes.com_error = ComError
    pywintypes.TimeType = datetime.datetime
    sys.modules["win32timezone"].TimeZoneInfo = datetime.tzinfo
    client = sys.modules["win32com.client"]
    client.Dispatch = lambda given, *_, **__: given
    client.CoClassBaseClass = client.CDispatch = client.DispatchBaseClass = type("ComClass", (), {})
    for name in ("windll", "oledll"):
        if not hasattr(ctypes, name):
            setattr(ctypes, name, MagicMock(name=name))
    sys.modules["pythoncom"].__file__ = None  # the C library of this process, in place of pythoncom.dll

    import xlwings

    with mock.patch.object(ctypes, "PyDLL", MagicMock(name="PyDLL")):
        from xlwings import _xlwindows, udfs

    xlwings._xlwindows = _xlwindows
    if "excel" not in [engine.name for engine in xlwings.engines]:
        xlwings.engines.add(xlwings.main.Engine(impl=_xlwindows.engine))
    kept = xlwings.func, xlwings.arg, xlwings.ret
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    try:
        functions = importlib.reload(importlib.import_module("addin.excel.functions"))
    finally:
        xlwings.func, xlwings.arg, xlwings.ret = kept
    udfs.udf_modules.clear()
    return types.SimpleNamespace(udfs=udfs, functions=functions)


def forget() -> None:
    """What the stubs remember of their calls, which is 200 MB after some thousands."""
    for stub in (*sys.modules.values(), ctypes.windll, ctypes.oledll, FakeRange.Worksheet):
        if isinstance(stub, MagicMock):
            stub.reset_mock()


class FakeRange:
    """A cell range as COM hands it over: `Value` is a single value, or a tuple of rows."""

    Worksheet = MagicMock(name="Worksheet")
    """One for all: each mock is a class of its own, and ten thousand of them take a gigabyte."""

    def __init__(self, rows: list[list[object]]) -> None:
        attributes = types.SimpleNamespace(iid=RANGE_ID)
        info = types.SimpleNamespace(GetTypeAttr=lambda: attributes)
        self._oleobj_ = types.SimpleNamespace(GetTypeInfo=lambda: info)
        cells = tuple(tuple(row) for row in rows)
        self.Value = cells[0][0] if len(cells) == len(cells[0]) == 1 else cells
        self.Row = self.Column = 1
        self.Rows = types.SimpleNamespace(Count=len(cells))
        self.Columns = types.SimpleNamespace(Count=len(cells[0]))
