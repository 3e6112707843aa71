"""What money has of the night: found here at start."""

from jiuyuan.money import nightly

__all__ = ["nightly"]
