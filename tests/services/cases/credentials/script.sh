echo geheim > /tmp/t-secret; chmod 600 /tmp/t-secret
r systemctl start t-cr
log t-cr
ls /run/credentials/t-cr.service
r systemctl start t-cr2
p t-cr2; log t-cr2
