"""Makes a release and checks it, without uploading anything."""
