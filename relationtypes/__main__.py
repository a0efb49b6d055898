"""`python -m relationtypes`."""

from relationtypes.cli import main

main()
