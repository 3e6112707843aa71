"""Data from other departments, as facts with source and day: their files in the formats they really send,
and interfaces.
"""
