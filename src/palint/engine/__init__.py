"""Run rules on files: one file, all files in workers, and what may be shown of a finding."""
