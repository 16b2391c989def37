systemctl start t-ns1 t-ns2 t-ns3
until [ -s /tmp/t-out.ns1 ] && [ -s /tmp/t-out.ns2 ]; do sleep .05; done
out ns1; out ns2; out ns3
p t-ns3 StatusText,ActiveState,WatchdogUSec
r systemd-notify --booted
r systemd-notify --ready
r systemd-notify
