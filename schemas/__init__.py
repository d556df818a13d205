"""Types and schemas: records, outcomes, recipes, manifests and columns. Standard library and pyarrow only; no Beam, no input or output."""
