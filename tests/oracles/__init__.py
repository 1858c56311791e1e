"""Independent executors that compiled machines are held against."""
