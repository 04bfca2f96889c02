"""The language server: requests of an editor, answered by a checking process (`palint.cli.server`)."""
