"""Work that waits for nobody at a page: one table of jobs, one lease, one loop. Each app's `jobs.py` says how its kinds are done."""
