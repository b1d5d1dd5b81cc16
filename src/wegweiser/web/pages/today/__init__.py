"""Today: what changed, and what needs me?"""
