"""Whole pages with known text: how many of their figures and lines are read rightly, and how long it takes."""
