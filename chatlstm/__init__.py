"""A small, local, trainable text generator for the terminal."""

__version__ = "0.1.0"
