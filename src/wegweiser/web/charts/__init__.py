"""Charts: figures and words in, SVG out; drawn in processes of their own."""
