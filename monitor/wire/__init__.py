"""One exchange: the only door out, its connections and phases, and what an attempt saw, without secrets."""
