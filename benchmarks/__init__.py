"""Speed, measured side by side with others: `python -m benchmarks --help`."""
