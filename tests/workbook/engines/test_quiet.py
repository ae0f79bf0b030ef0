"""What an engine's own code prints, past Python, reaches neither stream of the command."""

import os

from workbook.engines.ironcalc import _quiet


def test_both_streams_are_kept_back_and_come_back(capfd):
    with _quiet():
        os.write(1, b"from the engine")
        os.write(2, b"its panic")
    os.write(1, b"ours")
    os.write(2, b"too")
    assert capfd.readouterr() == ("ours", "too")
