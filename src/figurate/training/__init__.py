"""What happens in `fit` and `evaluate`: arrays checked, epochs run, sets evaluated. No public names of its own."""
