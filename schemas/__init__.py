"""What things are: records, outcomes, recipes, manifests and columns. Standard library and pyarrow; no Beam, no input or output."""
