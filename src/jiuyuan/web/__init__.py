"""What all pages share: sessions, login, form fields, return addresses, static files, and general pages."""
