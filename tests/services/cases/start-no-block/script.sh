tm systemctl start --no-block t-nb
w t-nb start
r systemctl list-jobs --no-pager
tm systemctl start t-nb
r systemctl list-jobs
p t-nb
