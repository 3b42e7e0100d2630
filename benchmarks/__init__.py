"""The benchmarks: one folder a task, one file a competitor, one command a number. See README.md."""
