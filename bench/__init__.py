"""Speed on the hot path, each figure as a ratio to a reference measured in the same run."""
