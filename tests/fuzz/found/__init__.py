"""Random workflows that were compiled wrongly once, as they were found."""
