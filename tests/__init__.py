"""The tests: one folder for each room of the product, plus platforms/ (simulators) and stories/."""
