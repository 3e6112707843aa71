"""就援: recognition and assistance of people who have difficulty finding work."""
