"""The language server: what an editor asks, answered by a process that checks (`palint.cli.server`)."""
