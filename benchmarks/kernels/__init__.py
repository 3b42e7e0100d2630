"""What the kernels reach, layer by layer, beside the most that the processor can do."""
