"""`palint migrate`: move secrets from files and code to AWS Secrets Manager: plan, show, execute."""
