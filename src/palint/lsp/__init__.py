"""The language server: answers an editor's requests with a checking process (`checker`)."""
