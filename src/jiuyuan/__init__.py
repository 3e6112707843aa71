"""就援: recognition and assistance of people with difficulty finding work (就业困难人员)."""

__version__ = "0.1.0"
