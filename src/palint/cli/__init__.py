"""The command line: `commands` declares it, `main` runs it, each command has a module of its name."""
