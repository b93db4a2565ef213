"""Files judged without a framework: check, inspect and diff."""
