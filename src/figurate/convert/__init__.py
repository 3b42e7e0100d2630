"""Networks taken over from Keras and PyTorch, and given back to them: layers, weights, the optimizer's state.

Everything passes through a `Network` (`network.py`); what a model is, `figurate.models` knows alone. Layers of other
libraries are known by closed lists, and nothing that a file holds is ever run.
"""
