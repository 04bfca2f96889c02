"""Text -> trees with positions. Each parser is a `parse(file)`, used as `file.parsed_with(parse)`."""
