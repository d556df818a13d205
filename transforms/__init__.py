"""Pure functions over one record or over batches of rows. Nothing here imports Beam, reads a path or prints."""
