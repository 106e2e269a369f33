"""Floor 5, planning: the audit plan."""
