"""The sandbox for teams without Python: the image's steps, and the examples beside it. No Docker engine is needed."""
