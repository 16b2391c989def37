r systemctl start t-cq
out cq
log t-cq
