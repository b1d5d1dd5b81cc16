"""Credit: how the goals that were reached are split over the contacts before them."""
