"""Tasks that a corpus is kept clean of: indexes of their texts and pictures, made once and given to runs."""
