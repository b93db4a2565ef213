"""The main job as a story: `saveguard demo`."""
