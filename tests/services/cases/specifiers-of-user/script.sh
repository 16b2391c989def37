r systemctl start t-su
out su
for i in 2 3 4; do r systemctl start t-su$i; p t-su$i LoadState; log t-su$i; done
