"""The only place with argv, environment, printing and exit codes: the `triptych` command, its recipes, its sample."""
