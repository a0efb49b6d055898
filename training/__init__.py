"""Building and measuring the model. Needs the extra ``train``; imports ``relationtypes``, never the reverse."""
