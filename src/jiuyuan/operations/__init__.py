"""What those who run an installation need: backups, upgrades, its state, its errors."""
