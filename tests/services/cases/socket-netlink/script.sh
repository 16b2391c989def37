r systemctl start t-snl.socket
r systemctl list-sockets --show-types --no-legend t-snl.socket
p t-snl.socket Listen,ActiveState,SubState,Triggers
p t-snl.service ActiveState,SubState
echo add >/sys/class/net/lo/uevent
for i in $(seq 100); do grep -q add@ /tmp/t-out.snl 2>/dev/null && break; sleep .1; done; out snl
for i in $(seq 100); do systemctl -q is-active t-snl.service && break; sleep .1; done
p t-snl.service ActiveState,SubState
s t-snl.socket
r systemctl stop t-snl.service t-snl.socket
journalctl -u t-snl.socket -o cat | grep parse | sort -u
