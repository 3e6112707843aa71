"""What other departments know: their files as they really send them, and their interfaces, as facts with source and day."""
