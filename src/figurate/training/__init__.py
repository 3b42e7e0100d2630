"""What happens in `fit` and `evaluate`: arrays checked, epochs run, history kept. No public names of its own."""
