"""The lesson: 784-20-10, ReLU and softmax, Adam, batches of 32, validation every epoch; one file a competitor."""
