"""What one does with runs: look at them, and later repeat, resume and redrive them."""
