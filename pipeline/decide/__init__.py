"""The step `decide`: index rows -> which items stay, and where their payloads lie."""
