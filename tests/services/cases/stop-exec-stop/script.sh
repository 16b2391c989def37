for i in 1 2 3; do systemctl start t-se$i; r systemctl stop t-se$i; p t-se$i; log t-se$i; done
out se2; out se3
