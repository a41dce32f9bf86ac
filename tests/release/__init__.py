"""What is released, without building it: `make dist` does that."""
