touch /root/.t-x
for i in 1 2 3 4 5 6; do r systemctl start t-sb$i; p t-sb$i; log t-sb$i; done
ls /tmp/t-private /var/tmp/t-private; rm -f /root/.t-x /var/tmp/t-x
