"""`python -m bench.stages COMMAND ...`: a command of ours, and the processor time of each of its stages."""

from __future__ import annotations

import contextlib
import io
import sys
import time


def main() -> None:
    """Run the command and say its stages, the slowest first."""
    spent: dict[str, float] = {}
    stage, since = "start", 0.0  # of Python and its imports

    from workbook import progress

    class Stages(progress.Progress):
        def step(self, what: str, number: int, of: int) -> None:
            super().step(what, number, of)
            nonlocal stage, since
            now = time.process_time()
            spent[stage] = spent.get(stage, 0.0) + now - since
            stage, since = what, now

    with progress.followed(Stages(stage)), contextlib.redirect_stdout(io.StringIO()):
        from addin.cli import main as run

        with contextlib.suppress(SystemExit):
            run()
    spent[stage] = spent.get(stage, 0.0) + time.process_time() - since
    whole = sum(spent.values())
    shares = sorted(spent.items(), key=lambda item: -item[1])
    print("stages: " + ", ".join(f"{what} {seconds / whole:.0%}" for what, seconds in shares[:2]))


if __name__ == "__main__":
    sys.argv[0] = "breakeven"
    main()
