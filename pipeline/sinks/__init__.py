"""The two carriers of a shard: Parquet and WebDataset tar. Both write the same bytes for the same rows."""
