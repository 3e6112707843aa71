"""The register: recognitions from the day they are granted until they end on a ground (三, 四(一))."""
