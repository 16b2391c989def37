matrix on-abort
