"""The protocols through which stages and flow reach the world, two to five verbs each."""
