"""From edits to files: plan the fixes of a run, write them."""
