"""/api/v1: translates between HTTP and the services. It has no rules or permissions of its own."""
