"""How the graph is put together, where it reads and what it writes: Beam, storage, shards; no argv, no printing."""
