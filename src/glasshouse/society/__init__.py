"""People who do not exist: recipe, areas, residents, households, ties."""
