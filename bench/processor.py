"""What the figures are measured on, and the memory that a process took."""

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
