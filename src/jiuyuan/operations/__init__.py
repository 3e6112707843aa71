"""Operating an installation: backups, upgrades, state, errors, erasure."""
