"""Drills that those who run an installation, and those who build it, do from time to time. Each says what it measured."""
