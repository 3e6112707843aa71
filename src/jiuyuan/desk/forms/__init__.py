"""Forms of the desk. They check nothing themselves: the services do, and what they refuse is shown at the fields."""
