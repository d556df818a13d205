"""The `triptych` command, its recipes and its sample. Arguments, environment, printing and exit codes live here alone."""
