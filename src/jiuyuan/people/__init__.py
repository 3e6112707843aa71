"""The real-name register: people, what is known about them and from where, and their documents (四(一))."""
