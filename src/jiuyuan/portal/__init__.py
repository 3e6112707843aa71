"""Pages for applicants and the public, designed for phones. All work without scripts."""
