"""A small convolutional network: it reads 99 of 100 handwritten digits.

Written as for Keras, after its own first example of such networks; only the import is figurate's.
"""

import numpy as np

import figurate as keras
from figurate import layers

CLASSES = 10
FIGURE = (28, 28, 1)  # height, width, and one channel: grey

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = np.expand_dims(x_train.astype("float32") / 255, -1)
x_test = np.expand_dims(x_test.astype("float32") / 255, -1)
print(f"{len(x_train):,} figures of {x_train.shape[1:]} to learn from, {len(x_test):,} to be read")
y_train = keras.utils.to_categorical(y_train, CLASSES)
y_test = keras.utils.to_categorical(y_test, CLASSES)

model = keras.Sequential(
    [
        keras.Input(shape=FIGURE),
        layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(CLASSES, activation="softmax"),
    ]
)
model.summary()

model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=128, epochs=15, validation_split=0.1)

score = model.evaluate(x_test, y_test, verbose=0)
print(f"Test loss: {score[0]:.4f}")
print(f"Test accuracy: {score[1]:.4f}")
