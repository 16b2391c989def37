matrix on-failure
