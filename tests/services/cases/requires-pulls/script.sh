r systemctl start t-rp1; s t-rp1 t-rp2
r systemctl stop t-rp2; s t-rp1 t-rp2
r systemctl start t-rp1; r systemctl restart t-rp2; s t-rp1 t-rp2
systemctl kill -s KILL t-rp2; w t-rp2 failed; s t-rp1 t-rp2
r systemctl stop t-rp1; s t-rp1 t-rp2
systemctl reset-failed t-rp2; systemctl start t-rp1; r systemctl stop t-rp1; s t-rp1 t-rp2
log t-rp1
