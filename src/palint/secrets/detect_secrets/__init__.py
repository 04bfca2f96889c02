"""detect-secrets: its plugins as detectors, and palint's detectors as plugins for it."""
