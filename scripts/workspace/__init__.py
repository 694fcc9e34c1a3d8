"""The workspace: .venv with everything that changing, checking and testing this project takes."""
