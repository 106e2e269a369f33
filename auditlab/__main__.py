"""``python -m auditlab`` is the command ``auditlab``."""

from auditlab.cli import main

main()
