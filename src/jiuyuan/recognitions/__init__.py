"""The register: recognitions from the day they are given to the ground on which they end (三, 四(一))."""
