"""Makes an invented county's work through the services: nobody in it exists."""
