"""State transitions and history events of a run: what Ladle compiles to, against ASL by hand and sfnx."""
