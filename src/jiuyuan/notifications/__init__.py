"""Messages that wait in the transaction of the act that caused them, and are sent afterwards, once."""
