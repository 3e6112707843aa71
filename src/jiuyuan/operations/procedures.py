"""What the installation does by night to what it keeps: found here at start."""

from jiuyuan.operations import erasure

__all__ = ["erasure"]
