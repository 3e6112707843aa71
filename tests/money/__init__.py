"""Schemes of support."""
