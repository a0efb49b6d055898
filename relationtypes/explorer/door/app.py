"""What `relationtypes explore` has Streamlit run."""

from __future__ import annotations

from relationtypes.explorer.shell import main

if __name__ == "__main__":
    main()
