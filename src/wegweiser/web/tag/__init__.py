"""The website tag and how it is made small."""
