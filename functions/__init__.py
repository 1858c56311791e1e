"""Task functions: plain Python, one Lambda function a task."""
