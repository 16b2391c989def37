r systemctl start t-skk.socket
r systemctl list-sockets --show-types --no-legend t-skk.socket
ls -l /run/t-skk.link | awk '{print $1,$9,$10,$11}'; stat -c '%F %U %G %a' /run/t-skk /run/t-skk/seq /run/t-skk/fifo
echo hello > /run/t-skk/fifo
for i in $(seq 100); do [ -e /tmp/t-out.skk ] && grep -q end /tmp/t-out.skk && break; sleep .1; done; out skk
p t-skk.service ActiveState,SubState
r systemctl stop t-skk.socket t-skk.service
ls /run/t-skk /run/t-skk.link
r systemctl start t-skk.service
for i in $(seq 100); do [ "$(grep -c end /tmp/t-out.skk)" = 2 ] && break; sleep .1; done; out skk
s t-skk.socket t-skk.service
r systemctl stop t-skk.service t-skk.socket
rm -rf /run/t-skk
