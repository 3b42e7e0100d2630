"""Figures read from the disk: a folder of pictures to arrays, and sets larger than memory."""
