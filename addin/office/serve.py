"""The add-in's files on this computer alone, to try them."""

from __future__ import annotations

import ssl
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workbook.errors import WorkbookError

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder; no listing of folders."""

    extensions_map = {  # noqa: RUF012 - the base class's own name
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".bin": "application/octet-stream",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, path: str | Path) -> None:  # type: ignore[override]  # noqa: ARG002
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Silent: what is asked for is no news."""


def server(folder: str | Path, port: int, certificate: str = "", key: str = "") -> ThreadingHTTPServer:
    """A server of the folder on this computer's own address; port 0 takes a free one."""
    if not (Path(folder) / "taskpane.html").is_file():
        raise WorkbookError(
            f"{folder} holds no add-in. Write one first: breakeven addin build office -o {folder} --url https://localhost:3000"
        )
    try:
        found = ThreadingHTTPServer((HOST, port), partial(_Handler, directory=str(folder)))
    except OSError as problem:
        raise WorkbookError(f"Port {port} cannot be used: {problem.strerror}. Give another with --port") from None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(certificate, key or None)
        except (OSError, ssl.SSLError) as problem:
            found.server_close()
            raise WorkbookError(f"{certificate} is no certificate with its key: {problem}") from None
        found.socket = context.wrap_socket(found.socket, server_side=True)
    return found
