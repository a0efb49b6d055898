"""The door to the explorer: navigation only. `make app` opens it; pages are in ``relationtypes/explorer/pages/``."""

from __future__ import annotations

from relationtypes.explorer.shell import main

main()
