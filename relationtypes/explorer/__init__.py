"""PRESENT: the explorer in the browser. Pages hold no analysis of their own; they call what the package offers everybody."""
