"""Text -> trees with positions. Each parser: `parse(file: SourceFile) -> tree`, used as `file.view(parse)`."""
