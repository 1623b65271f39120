"""From the environment to what is asked of whom: variables, tenants and their targets, services, rows."""
