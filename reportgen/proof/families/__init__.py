"""The families of rules (各类校核规则), a module each with its `examine`; none knows of another's findings."""
