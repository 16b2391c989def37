chmod 1777 /tmp
for i in 1 2 3 4 5 6 7 8; do r systemctl start t-xs$i; sleep .5; ws t-xs$i; p t-xs$i; log t-xs$i; done
out xs7
