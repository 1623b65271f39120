"""pytest's side of a run: options, hooks, fixtures, and from what a test did to a Verdict."""
