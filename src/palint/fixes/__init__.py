"""Plan the fixes of a run and write them to files."""
