"""Schemes of support (四(三)): entitlements, claims, payments, and people with an unclaimed right."""
