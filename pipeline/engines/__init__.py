"""The engines that run a pipeline: what each needs set, what it cannot do, how its workers start, and what its failures mean."""
