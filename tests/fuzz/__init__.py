"""Random workflows, held three ways: plain Python, the compiled machine on Ladle's engine, and on moto's
interpreter. `python -m tests.fuzz` runs many (CASES, SEED)."""
