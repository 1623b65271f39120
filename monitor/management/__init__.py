"""What Auth0 itself knows, by its Management API: read only, rarely, and of nobody but the synthetic user."""
