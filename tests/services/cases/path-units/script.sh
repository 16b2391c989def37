r systemctl start t-pa.path t-pc.path t-pd.path
p t-pa.path ActiveState,SubState,Paths,Unit; stat -c %a /tmp/t-dne
touch /tmp/t-pe; touch /tmp/t-dne/a
for i in $(seq 50); do [ -e /tmp/t-out.pa ] && [ -e /tmp/t-out.pd ] && break; sleep .1; done; out pa; out pd
echo x > /tmp/t-pc; for i in $(seq 50); do [ -e /tmp/t-out.pb ] && break; sleep .1; done; w t-pc.path waiting; echo y >> /tmp/t-pc; for i in $(seq 50); do [ "$(wc -l < /tmp/t-out.pb)" = 2 ] && break; sleep .1; done; out pb
w t-pa.path waiting
r systemctl status t-pa.path
r systemctl list-paths --no-pager 't-p*'
r systemctl stop t-pa.path t-pc.path t-pd.path
