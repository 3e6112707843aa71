"""Background jobs: one table, one lease, one loop. Each app's `jobs.py` has the handlers of its kinds."""
