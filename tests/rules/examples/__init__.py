"""Further examples of the rules, one module each: too many or too special for the rule's page."""
