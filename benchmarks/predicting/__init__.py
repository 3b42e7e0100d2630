"""Prediction through Python with the lesson's model: 10,000 figures at once, and one at a time."""
