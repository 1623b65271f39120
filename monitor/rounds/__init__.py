"""Rounds: the suite, several times a minute apart, since no scheduler starts it so often; and legs' rounds joined."""
