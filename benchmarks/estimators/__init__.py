"""Estimators of scikit-learn's interface: 784-100-10, ReLU and softmax, Adam, batches of 200; one file a competitor."""
