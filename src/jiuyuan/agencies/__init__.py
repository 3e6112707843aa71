"""Divisions, agencies, accounts with one role at one agency, and scope: who may see what."""
