"""What is rising: in what people search, read and say, and in series from outside."""
