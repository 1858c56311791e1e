"""The parts that a stage is assembled from."""
