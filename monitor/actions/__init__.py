"""What a scheduled run on GitHub Actions needs besides the suite: its legs, their variables, the history's way."""
