"""Keras' example "Simple MNIST convnet", beside the other frameworks: training steps, and prediction."""
