"""A folder of generated files, written as a whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from workbook.errors import WorkbookError


def write_folder(folder: str | os.PathLike[str], contents: dict[str, bytes]) -> list[Path]:
    """Files into a folder that is not there yet: all of them or none."""
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WorkbookError(f"{target} is already there. Name a new folder, or remove that one first")
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, data in contents.items():
            path = waiting / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        waiting.chmod(0o755)
        if target.exists():
            target.rmdir()
        waiting.rename(target)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    return [target / name for name in sorted(contents)]
