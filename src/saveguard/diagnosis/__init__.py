"""An exception, or the text of a traceback -> ranked findings, by the rules' signatures.

Text takes this way: `clean` undoes what terminals and logs did, `frames` and `parse` read it,
`place` tells stage and release, `match` holds the rules' signatures against it, and `report` says
what came of it. A live exception skips the first two, and `live` looks into its frames.
"""
