for i in 1 2 3 4 5 6; do r systemctl start t-bp$i; p t-bp$i; log t-bp$i; done
# What was made where nothing was stays.
rs 'cd /var; find t-bp* | sort | xargs stat -c "%F %a %s %n"; ls -d /tmp/t-bp4; rm -rf t-bp*'
