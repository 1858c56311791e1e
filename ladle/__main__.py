"""`python -m ladle` is the command `ladle`."""

from ladle.cli import main

main()
