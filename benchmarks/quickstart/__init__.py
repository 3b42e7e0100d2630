"""TensorFlow's quickstart network: Flatten, Dense 128 ReLU, Dropout 0.2, Dense 10; 5 epochs; one file a competitor."""
