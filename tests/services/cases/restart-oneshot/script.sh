r systemctl start t-ro
p t-ro; log t-ro
r systemctl is-active t-ro
