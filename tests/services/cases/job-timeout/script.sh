r systemctl start t-jt1; s t-jt1 t-jt2; log t-jt1
systemctl stop t-jt2
