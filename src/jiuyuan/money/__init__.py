"""Schemes of support (四(三)): who has a right to which, and who has one and draws nothing."""
