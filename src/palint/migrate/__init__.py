"""`palint migrate`: secrets from files and code to AWS Secrets Manager, planned, shown, carried out."""
