"""/api/v1: translates between programs and the services. It holds no rule and no permission of its own."""
