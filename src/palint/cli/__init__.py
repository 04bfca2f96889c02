"""The command line: `commands` declares it, `main` runs it, and each command has its own module."""
