"""An earlier address of a command: see ``__main__``."""
