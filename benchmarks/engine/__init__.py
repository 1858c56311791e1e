"""States a second of Ladle's engine and of other engines that run here, on the same machines and inputs."""
