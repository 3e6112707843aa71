"""The append-only, hash-chained record of acts, and the log of looks at personal data."""
