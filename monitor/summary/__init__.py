"""A run, or its rounds, as Markdown for the page of a CI run: whose work it is, before anything else."""
