"""What is spoken over HTTP: the API and the pages."""
