"""Pages for applicants and the public, first on a phone. Every page works without scripts."""
