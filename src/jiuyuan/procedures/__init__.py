"""State machines: transition tables, and the engine that runs them."""
