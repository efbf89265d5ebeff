"""An invented province with invented people, and the main job played through the real code."""
