"""The real-name register: people, what is known of them and from where, and their documents (四(一))."""
