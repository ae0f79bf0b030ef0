"""LibreOffice with our extension, installed once for all tests of hosts."""

from __future__ import annotations

import pytest
from calchost import CalcHost


@pytest.fixture(scope="session")
def calc(tmp_path_factory, soffice):  # noqa: ARG001 - soffice skips where there is none
    return CalcHost(tmp_path_factory.mktemp("calc"))
