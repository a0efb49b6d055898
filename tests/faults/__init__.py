"""Faults of disks, clocks, memory and company: nothing is lost, and nothing is silently wrong."""
