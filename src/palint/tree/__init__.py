"""Where files come from: the work tree, git's index and commits, standard input."""
