"""The contract kit, the release artefact for teams in other languages."""
