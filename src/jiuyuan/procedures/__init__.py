"""How anything moves: one shape of a table, and one engine that reads it."""
