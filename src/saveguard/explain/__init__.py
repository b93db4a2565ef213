"""An exception -> ranked findings, by the rules' signatures."""
