"""What is done to the process of a command before it begins; only Python is loaded, for each process imports this."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
from typing import NoReturn


def killed_at_the_last_moment(result: str) -> None:
    """Die, as from kill -9, just before a file takes the name of the result.

    A command that writes it in any other way than by naming a finished file lives, and the test that wanted it dead
    fails.
    """

    def watch(event: str, arguments: tuple) -> None:
        if event in ("os.rename", "os.link") and os.path.realpath(os.fsdecode(arguments[1])) == result:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def without_room() -> None:
    """A limit of 1 KB a file is what a full disk is, wherever the tests run; temporary files meet it too."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


def without_privilege() -> None:
    """Root reads and writes whatever the permissions say; without its capabilities it does not."""
    version, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(version, none):
        raise OSError(ctypes.get_errno(), "capset")


def without_network() -> None:
    """Looking up a host name or connecting raises."""

    def refuse(event: str, arguments: tuple) -> None:
        if event.startswith("socket.") and event not in ("socket.gethostname", "socket.__new__"):
            raise RuntimeError(f"network: {event} {arguments}")

    def no_socket(*_arguments: object) -> NoReturn:
        raise RuntimeError("network: a socket was made")

    sys.addaudithook(refuse)
    socket.socket.connect = no_socket  # type: ignore[method-assign, assignment]


def look_out() -> None:
    """What `without_network` is to keep from happening."""
    without_network()
    socket.create_connection(("127.0.0.1", 9))
