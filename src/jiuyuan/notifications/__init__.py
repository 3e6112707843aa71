"""Messages: written in the transaction of the act that causes them, announced by text message afterwards, once."""
