"""Take-down on a finished run: what lists name leaves every corpus in every format, and the tables of what did not make it."""
