"""Runs a command with little memory and writes down what it took: python limited.py TOLD MEGABYTES GROUP COMMAND..

GROUP is a memory cgroup (a folder of the control file system), which holds the command with all it starts to its
resident memory; "-" is RLIMIT_DATA, which any user may set, for each process by itself.
"""

import json
import os
import resource
import sys
import time

told, megabytes, group, *command = sys.argv[1:]
if group == "-":
    size = int(megabytes) << 20
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
start = time.perf_counter()
child = os.fork()
if not child:
    if group != "-":
        with open(os.path.join(group, "cgroup.procs"), "w") as members:
            members.write(str(os.getpid()))
    os.execvp(command[0], command)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - start
with open(told, "w") as file:
    json.dump(
        {"seconds": seconds, "megabytes": usage.ru_maxrss / 1024, "code": os.waitstatus_to_exitcode(status)}, file
    )
