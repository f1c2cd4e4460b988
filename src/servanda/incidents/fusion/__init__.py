"""Record linkage: which reports speak of one incident. Blocking, likelihood, clustering, and the tables that come of it."""
