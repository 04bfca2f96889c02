"""One file's bytes and text: decoding, positions, embedded encodings, windows of a large file."""
