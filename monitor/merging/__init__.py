"""Several machines' legs become the one run that they are."""
