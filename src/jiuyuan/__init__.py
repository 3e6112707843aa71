"""就援: recognition and assistance of people who have difficulty finding work."""

__version__ = "0.1.0"
