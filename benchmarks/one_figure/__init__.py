"""Every preset reading one figure, through Python, beside the same network in ONNX Runtime."""
