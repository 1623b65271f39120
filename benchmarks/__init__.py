"""What the suite costs, measured against a sandbox in another process."""
