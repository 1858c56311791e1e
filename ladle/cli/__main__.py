"""`python -m ladle.cli`."""

from ladle.cli import main

main()
