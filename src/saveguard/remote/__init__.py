"""Files behind an address: reached, brought near, and uploaded whole."""
