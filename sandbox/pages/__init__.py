"""The status pages of external services, in the formats that they have; healthy, until a fault changes them."""
