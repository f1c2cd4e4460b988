"""Places on the earth: shapes, projection, the probability of lying inside, the nearest edge."""
