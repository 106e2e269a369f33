"""Floor 4: many clients side by side."""
