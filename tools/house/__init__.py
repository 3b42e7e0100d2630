"""The house's rules as scripts, one rule a file; `python -m tools.house` runs them all."""
