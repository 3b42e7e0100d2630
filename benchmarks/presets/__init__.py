"""How well the presets read, and the search for better ones.

`table` measures a preset as it is published, `publish` writes its numbers where people look; `search` judges candidates
on training figures alone, so that the test figures stay unseen until a recipe is settled.
"""
