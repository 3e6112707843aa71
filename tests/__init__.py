"""Tests, in folders named as those of the package."""
