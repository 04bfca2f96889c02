"""Where a value may be a secret: assignments and other syntax, with the value's name and span."""
