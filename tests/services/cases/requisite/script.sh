r systemctl start t-rqs1; s t-rqs1 t-rqs2
systemctl start t-rqs2; r systemctl start t-rqs1; s t-rqs1 t-rqs2
systemctl stop t-rqs2; s t-rqs1
log t-rqs1
