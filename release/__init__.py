"""What is released, and how it is made and checked: `make dist`. Nothing that is installed knows of it."""
