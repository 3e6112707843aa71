"""What the figures are measured on, and the memory that a process took."""

import contextlib
import os
import platform
from pathlib import Path

#: What docs/operations.md advises for a server of PostgreSQL; its own defaults are for a machine of 1 GB.
POSTGRES = {"shared_buffers": "2GB", "max_wal_size": "4GB"}


def describe() -> str:
    """Processor, its number and its load, system and Python."""
    info = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {models[0] if models else platform.machine()} (load {load:.1f}), Python {platform.python_version()}"


def peak(process: int | str = "self") -> float:
    """The most memory that a process had, in megabytes. `ru_maxrss` would count what its parent had when it was started."""
    status = Path(f"/proc/{process}/status").read_text()
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def of_trees(roots: list[int]) -> float:
    """Seconds of the processor that processes and all below them took, those that ended included."""
    parents, spent = {}, {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            said = status.read_text().rpartition(")")[2].split()
            pid = int(status.parent.name)
            parents[pid], spent[pid] = int(said[1]), sum(map(int, said[11:15]))
    ours = {pid for pid in spent if _below(pid, parents, roots)}
    return sum(spent[pid] for pid in ours) / os.sysconf("SC_CLK_TCK")


def _below(pid: int, parents: dict[int, int], roots: list[int]) -> bool:
    while pid and pid not in roots:
        pid = parents.get(pid, 0)
    return bool(pid)
