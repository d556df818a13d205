"""The step `extract`: units of archives -> staging files."""
