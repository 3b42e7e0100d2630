"""The lesson as a script: 60,000 digits learned, 10,000 others read.

Written as for Keras; only the import is figurate's. docs/lesson.md explains every line.
"""

import figurate
from figurate import layers

(x_train, y_train), (x_test, y_test) = figurate.datasets.mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0

model = figurate.Sequential(
    [
        layers.Flatten(input_shape=(28, 28)),
        layers.Dense(20, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.summary()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=20, validation_data=(x_test, y_test))

probabilities = model.predict(x_test)
for digit, probability in enumerate(probabilities[0]):
    print(f"{digit}: {probability:6.1%}")
print(f"The first validation figure is read as {probabilities[0].argmax()}, the label says {y_test[0]}.")

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"Of all {len(x_test):,} it reads {accuracy:.2%} rightly.")
