"""An invented county's worth of work, made through the services: nobody in it exists."""
