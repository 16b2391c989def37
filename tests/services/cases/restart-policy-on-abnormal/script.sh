matrix on-abnormal
