matrix on-success
