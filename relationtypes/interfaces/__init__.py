"""The tagger in the shape that other libraries expect. Each module needs its own; none is imported by the package."""
