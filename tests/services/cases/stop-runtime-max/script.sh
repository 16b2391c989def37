r systemctl start t-srm
w t-srm failed; p t-srm; log t-srm
