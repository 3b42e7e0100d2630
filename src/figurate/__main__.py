"""`python -m figurate`, for where the command `figurate` is not on the path."""

from figurate.cli import main

main()
