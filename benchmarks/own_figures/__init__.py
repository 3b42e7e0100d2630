"""Figures that did not come from the training set, read as they are."""
