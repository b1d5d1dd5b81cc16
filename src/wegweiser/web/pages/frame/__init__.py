"""What stands around every page: menu, address words, tables, gates, notices, search."""
