"""A page each: what it asks of the person, what it calls, what it shows."""
