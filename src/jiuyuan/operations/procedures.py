"""Registers the nightly erasure and clean-up at start."""

from jiuyuan.operations import erasure

__all__ = ["erasure"]
