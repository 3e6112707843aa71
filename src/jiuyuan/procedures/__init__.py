"""State machines: one shape of a transition table, and one engine that runs it."""
