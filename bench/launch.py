"""Run a command and write down how long it took and how much memory it had; a script, see `measure.process`."""

import json
import os
import sys
import time

told, *command = sys.argv[1:]
start = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # macOS counts bytes, Linux kilobytes
with open(told, "w") as file:
    json.dump(
        {
            "seconds": seconds,
            "processor": usage.ru_utime + usage.ru_stime,
            "megabytes": usage.ru_maxrss / unit,
            "code": os.waitstatus_to_exitcode(status),
        },
        file,
    )
